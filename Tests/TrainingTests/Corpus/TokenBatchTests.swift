import Testing
import Tokenize

@testable import Training

/// Batches cut by tokens.
@Suite struct TokenBatchTests {
    private let scratch: CorpusScratch
    private let corpus: TokenCorpus

    /// 500 records of 1 to 40 bytes.
    init() throws {
        scratch = try CorpusScratch()
        let lines = (0..<500).map { number in
            let name = String(number)
            return name + String(repeating: "x", count: Int(SplitMix.mix(UInt64(number)) % 37))
        }
        let path = try scratch.write(lines.joined(separator: "\n"))
        corpus = try TokenCorpus.open(
            scratch.cache,
            CorpusSource(paths: [path], heldOutPaths: [path], maximumLength: 100, seed: 1),
            tokenizer: .given(try Tokenizer(spec: TokenizerSpec(level: .byte))))
    }

    private func schedule(_ tokens: Int, window: Int = 10) -> BatchSchedule {
        BatchSchedule(corpus, batchSize: 16, batchTokens: tokens, windowBatches: window, seed: 3)
    }

    /// The batches of an epoch and the cursors they stand at.
    private func epoch(
        _ number: Int, _ schedule: BatchSchedule
    ) throws -> [(cursor: Cursor, batch: [[Int32]])] {
        var cursor = Cursor(epoch: number, batch: 0)
        var result: [(Cursor, [[Int32]])] = []
        while cursor.epoch == number {
            result.append((cursor, try schedule.batch(at: cursor)))
            cursor = try schedule.next(after: cursor)
        }
        #expect(cursor == Cursor(epoch: number + 1, batch: 0))
        return result
    }

    @Test(arguments: [1, 41, 100, 256, 100_000], [1, 4, 100])
    func everyRecordOnceWithinTheBudget(tokens: Int, window: Int) throws {
        let schedule = schedule(tokens, window: window)
        let wanted = Set(try (0..<500).map { try corpus.training.sequence(at: $0) })
        for number in 0..<2 {
            let batches = try epoch(number, schedule).map(\.batch)
            #expect(batches.reduce(0) { $0 + $1.count } == 500)
            #expect(Set(batches.joined()) == wanted)
            for batch in batches {
                let count = batch.reduce(0) { $0 + $1.count + 1 }
                #expect(count <= tokens || batch.count == 1)
            }
        }
        #expect(schedule.batchCount == (corpus.training.tokenCount + 500 + tokens - 1) / tokens)
    }

    @Test func budgetsAreUsed() throws {
        let batches = try epoch(0, schedule(256, window: 100)).map(\.batch)
        // Of every batch but the window's last, no more than one sentence is left unused.
        let full = batches.filter { batch in
            batch.reduce(0) { $0 + $1.count + 1 } > 256 - 41
        }
        #expect(full.count >= batches.count - 1)
        let sizes = Set(batches.map(\.count))
        #expect((sizes.min() ?? 0) <= 8 && (sizes.max() ?? 0) >= 12)
    }

    @Test func resumesAnywhere() throws {
        let inOrder = try epoch(2, schedule(120))
        for (cursor, batch) in inOrder.reversed() {
            #expect(try schedule(120).batch(at: cursor) == batch)
        }
        let fractions = try inOrder.map { place in
            let schedule = schedule(120)
            _ = try schedule.batch(at: place.cursor)
            return schedule.epochs(before: place.cursor)
        }
        #expect(fractions.first == 2 && fractions == fractions.sorted())
        #expect(fractions.allSatisfy { $0 < 3 } && Set(fractions).count == fractions.count)
    }

    /// Numbers beyond the last batch of a window stand for none.
    @Test func refusesCursors() throws {
        let schedule = schedule(120)
        let last = try epoch(0, schedule).last?.cursor.batch ?? 0
        for batch in [-1, last + 1, 500, Int.max] {
            let cursor = Cursor(epoch: 0, batch: batch)
            let error = TrainingError.cursorOutOfRange(
                epoch: 0, batch: batch, batchCount: schedule.batchCount)
            #expect(throws: error) { try schedule.batch(at: cursor) }
            #expect(throws: error) { try schedule.next(after: cursor) }
        }
    }
}
