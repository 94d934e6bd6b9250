import Foundation
import Testing
import Tokenize

@testable import Training

@Suite struct BatchScheduleTests {
    private let scratch: CorpusScratch
    private let corpus: TokenCorpus

    /// 503 records of 1 to 40 bytes, all different; the held-out file is the same.
    init() throws {
        scratch = try CorpusScratch()
        let lines = (0..<503).map { number in
            let name = String(number)
            return name + String(repeating: "x", count: Int(SplitMix.mix(UInt64(number)) % 37))
        }
        let path = try scratch.write(lines.joined(separator: "\n"))
        corpus = try TokenCorpus.open(
            scratch.cache,
            CorpusSource(paths: [path], heldOutPaths: [path], maximumLength: 100, seed: 1),
            tokenizer: .given(try Tokenizer(spec: TokenizerSpec(level: .byte))))
    }

    private func schedule(
        _ batchSize: Int, window: Int = 4, seed: UInt64 = 9
    ) -> BatchSchedule {
        BatchSchedule(
            corpus, batchSize: batchSize, windowBatches: window, seed: seed)
    }

    private func epoch(_ number: Int, _ schedule: BatchSchedule) throws -> [[[Int32]]] {
        try (0..<schedule.batchCount).map {
            try schedule.batch(at: Cursor(epoch: number, batch: $0))
        }
    }

    private func all() throws -> Set<[Int32]> {
        Set(try (0..<503).map { try corpus.training.sequence(at: $0) })
    }

    @Test(arguments: [1, 7, 16, 64, 503, 504, 65_536], [1, 4, 64])
    func everyRecordOnce(_ batchSize: Int, _ window: Int) throws {
        let schedule = schedule(batchSize, window: window)
        let wanted = try all()
        #expect(wanted.count == 503)
        #expect(schedule.batchCount == (503 + batchSize - 1) / batchSize)
        for number in 0..<2 {
            let batches = try epoch(number, schedule)
            let sequences = batches.flatMap { $0 }
            #expect(sequences.count == 503)
            #expect(Set(sequences) == wanted)
            let short = batches.filter { $0.count != batchSize }
            #expect(short.map(\.count) == (503 % batchSize == 0 ? [] : [503 % batchSize]))
        }
    }

    @Test func isPureInSeedAndEpoch() throws {
        let first = try epoch(0, schedule(16))
        #expect(try epoch(0, schedule(16)) == first)
        let others = [
            try epoch(1, schedule(16)), try epoch(2, schedule(16)),
            try epoch(0, schedule(16, seed: 10)),
        ]
        for other in others {
            #expect(other != first)
            #expect(Set(other.map { Set($0) }) != Set(first.map { Set($0) }))  // other batches too
        }
    }

    /// Any batch comes alone as it comes in order, also from the middle of a window.
    @Test func resumesAnywhere() throws {
        let inOrder = try epoch(3, schedule(16))
        for batch in inOrder.indices.reversed() {
            #expect(
                try schedule(16).batch(at: Cursor(epoch: 3, batch: batch)) == inOrder[batch])
        }
        let jumping = schedule(16)
        for step in 0..<200 {
            let batch = step * 13 % inOrder.count
            #expect(try jumping.batch(at: Cursor(epoch: 3, batch: batch)) == inOrder[batch])
            _ = try jumping.batch(at: Cursor(epoch: 4, batch: batch))
        }
    }

    @Test func lengthsAreAlike() throws {
        let batches = try epoch(0, schedule(16, window: 64))
        let padded = batches.reduce(0) { $0 + $1.count * ($1.map(\.count).max() ?? 0) }
        #expect(Double(padded) <= 1.1 * Double(corpus.training.tokenCount))
        let longest = batches.map { $0.map(\.count).max() ?? 0 }
        #expect(longest != longest.sorted() && longest != longest.sorted(by: >))
    }

    @Test func cursorWalks() throws {
        let schedule = schedule(100)
        var cursor = Cursor()
        var seen: [Cursor] = []
        for _ in 0..<8 {
            seen.append(cursor)
            cursor = try schedule.next(after: cursor)
        }
        #expect(seen.map(\.epoch) == [0, 0, 0, 0, 0, 0, 1, 1])
        #expect(seen.map(\.batch) == [0, 1, 2, 3, 4, 5, 0, 1])
        let json = try JSONEncoder().encode(cursor)
        #expect(try JSONDecoder().decode(Cursor.self, from: json) == cursor)
    }

    @Test(arguments: [(-1, 0), (0, -1), (0, 6), (Int.max, 0), (0, Int.max), (Int.min, 0)])
    func refusesCursors(_ epoch: Int, _ batch: Int) throws {
        let schedule = schedule(100)
        #expect(
            throws: TrainingError.cursorOutOfRange(
                epoch: epoch, batch: batch, batchCount: 6)
        ) { try schedule.batch(at: Cursor(epoch: epoch, batch: batch)) }
    }

    @Test(arguments: [(1, 1), (16, 4), (64, 64), (1_000, 1)])
    func heldOutBatchesKeepTheirRecords(_ batchSize: Int, _ window: Int) throws {
        var records: [Int] = []
        var runs: [[RecordBatch]] = [[], []]
        for run in 0..<2 {
            let batches = corpus.heldOutBatches(batchSize: batchSize, windowBatches: window)
            runs[run] = try batches.map { try $0.read() }
            #expect(batches.count == runs[run].count)
        }
        #expect(runs[0] == runs[1])
        for batch in runs[0] {
            #expect(
                batch.records.count == batch.sequences.count && batch.records.count <= batchSize)
            for (record, sequence) in zip(batch.records, batch.sequences) {
                #expect(try corpus.heldOut.sequence(at: record) == sequence)
            }
            #expect(batch.sequences.map(\.count) == batch.sequences.map(\.count).sorted())
            records += batch.records
        }
        #expect(records.sorted() == Array(0..<503))
    }

    /// An evaluation of the first few batches must not be one of the shortest sequences.
    @Test func firstHeldOutBatchesAreASample() throws {
        let batches = try corpus.heldOutBatches(batchSize: 16).map { try $0.sequences() }
        let mean = { (batches: ArraySlice<[[Int32]]>) in
            let lengths = batches.joined().map(\.count)
            return Double(lengths.reduce(0, +)) / Double(lengths.count)
        }
        let all = mean(batches[...])
        #expect(abs(mean(batches.prefix(8)) - all) < 0.3 * all)
        // What was read out of turn is the same.
        let kept = Array(corpus.heldOutBatches(batchSize: 16, windowBatches: 4))
        let late = try kept.reversed().map { try $0.sequences() }
        let early = try corpus.heldOutBatches(batchSize: 16, windowBatches: 4).map {
            try $0.sequences()
        }
        #expect(late.reversed() == early)
    }
}
