import ArgumentParser
import Files
import Glibc
import Tokenize

struct TokenizeBenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Time the tokenizer on a text, against plain ICU.",
        discussion: """
            EXAMPLES:
              textvae tokenize bench corpus.txt --against icu
              textvae tokenize bench corpus.txt --seconds 5

            One thread. Boundaries are timed by the tables and by asking ICU for each
            (UTF-16, next and status) in turn, and the ratio is that of the best runs.
            Ids are those of a vocabulary learned from the text itself.
            """)

    /// What is compared with.
    enum Peer: String, CaseIterable { case icu }

    @Argument(help: ArgumentHelp("The text.", valueName: "file"), completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp("icu: time plain ICU beside it.", valueName: "peer"),
        completion: .words(of: Peer.self), transform: keyword)
    var against: Peer?

    @Option(help: ArgumentHelp("Time for each measurement.", valueName: "seconds"))
    var seconds = 1.0

    func validate() throws {
        if !(0.01...600 ~= seconds) { throw ValidationError("--seconds: want 0.01 … 600.") }
    }

    func run() throws {
        let text = try DurableFile.read(file, maximumByteCount: 1 << 30)
        guard !text.isEmpty else { throw UserError.data("\(file) is empty") }
        var table = Table()
        table.rightAligned = [1, 2, 3]
        table.add("work", "MB/s", against == nil ? "" : "ICU MB/s", against == nil ? "" : "ratio")
        for level in [SegmentLevel.word, .grapheme, .sentence] {
            let own = try boundaries(level, .tables, text)
            var cells = ["\(level.rawValue) boundaries", Self.rate(own, text.count)]
            if against == .icu {
                let reference = try boundaries(level, .reference, text)
                cells += [Self.rate(reference, text.count), Figures.fixed(reference / own, 2)]
            }
            table.add(cells)
        }
        for level in [TokenLevel.word, .character] {
            for (name, time) in try coding(level, text) {
                table.add([name, Self.rate(time, text.count)])
            }
        }
        try OutputOptions.print { try $0.write(table.text) }
    }

    /// Seconds of the best run over the text.
    private func boundaries(
        _ level: SegmentLevel, _ path: Segmenter.Path, _ text: [UInt8]
    ) throws -> Double {
        let worker = try Segmenter(level, path: path).makeWorker()
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: 4096) { ends in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: 4096) { statuses in
                best {
                    text.withUnsafeBufferPointer { bytes in
                        worker.begin(bytes)
                        while worker.next(ends: ends, statuses: statuses) > 0 {}
                    }
                }
            }
        }
    }

    private func coding(_ level: TokenLevel, _ text: [UInt8]) throws -> [(String, Double)] {
        let spec = TokenizerSpec(level: level)
        let stream = { RecordStream(paths: [file], framing: .line) }
        var trainer = try VocabularyTrainer(spec)
        let training = try best {
            trainer = try VocabularyTrainer(spec)
            try trainer.add(stream())
        }
        let tokenizer = try trainer.finish()
        let encoder = tokenizer.makeEncoder()
        var tokenIDs: [Int32] = []
        let encoding = best {
            tokenIDs.removeAll(keepingCapacity: true)
            text.withUnsafeBufferPointer { encoder.encode($0, into: &tokenIDs) }
        }
        let decoding = try best {
            guard try tokenizer.decode(tokenIDs).count == text.count else {
                throw UserError.data("\(file) does not come back from its token ids")
            }
        }
        return [
            ("\(level.rawValue)s counted", training), ("\(level.rawValue)s to ids", encoding),
            ("\(level.rawValue) ids to text", decoding),
        ]
    }

    private func best(_ body: () throws -> Void) rethrows -> Double {
        var shortest = Double.infinity
        let start = Self.now
        repeat {
            let begin = Self.now
            try body()
            shortest = min(shortest, Self.now - begin)
        } while Self.now - start < seconds
        return shortest
    }

    private static func rate(_ seconds: Double, _ byteCount: Int) -> String {
        Figures.fixed(Double(byteCount) / 1e6 / seconds, 0)
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
