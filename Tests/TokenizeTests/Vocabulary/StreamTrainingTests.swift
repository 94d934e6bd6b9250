import Testing

@testable import Tokenize

/// The same vocabulary and report, however a corpus is read and counted.
@Suite struct StreamTrainingTests {
    static let corpus = manyLines(1_500_000)

    private func train(
        _ spec: TokenizerSpec, _ file: TemporaryFile, threads: Int, readSize: Int,
        maximumTypes: Int
    ) throws -> ([UInt8], TrainingReport) {
        var trainer = try VocabularyTrainer(spec, maximumTypes: maximumTypes)
        let stream = RecordStream(paths: [file.path])
        stream.readSize = readSize
        try trainer.add(stream, threads: threads)
        return (try trainer.finish().json(), trainer.report)
    }

    @Test(arguments: TokenLevel.allCases, [1500, 1 << 21])
    func threadsAndReadsAreOfNoInfluence(_ level: TokenLevel, _ maximumTypes: Int) throws {
        let file = try TemporaryFile(Self.corpus)
        let spec = TokenizerSpec(level: level)
        let wanted = try train(
            spec, file, threads: 1, readSize: 1 << 18, maximumTypes: maximumTypes)
        #expect(wanted.1.bytes > 1_400_000)
        if level != .byte, level != .character {
            #expect((wanted.1.typesPruned > 0) == (maximumTypes == 1500))
        }
        for (threads, readSize) in [(2, 1 << 18), (1, 1), (2, 977), (5, 65_536)] {
            let found = try train(
                spec, file, threads: threads, readSize: readSize, maximumTypes: maximumTypes)
            #expect(found.0 == wanted.0, "\(threads) threads, \(readSize) bytes")
            #expect(found.1 == wanted.1, "\(threads) threads, \(readSize) bytes")
        }
        // Record by record it is the same as well.
        var trainer = try VocabularyTrainer(spec, maximumTypes: maximumTypes)
        for record in Self.corpus.split(separator: 0x0A, omittingEmptySubsequences: false) {
            trainer.add(bytes: Array(record))
        }
        #expect(try trainer.finish().json() == wanted.0)
        #expect(trainer.report.illFormedBytes == wanted.1.illFormedBytes)
        #expect(trainer.report.firstIllFormed == wanted.1.firstIllFormed)
        #expect(trainer.report.occurrences == wanted.1.occurrences)
    }

    /// Well-formed lines are counted many at a time: the line feeds between are in no word.
    @Test(arguments: [TokenLevel.word, .character], ["", "\n", "end", " \r\n\r\n"])
    func linesTogetherAreLinesAlone(_ level: TokenLevel, _ end: String) throws {
        let text = samples.joined(separator: " \n") + "\r\n" + samples.joined(separator: "\r\n")
        let bytes = Array((text + "\n\n" + text + end).utf8)
        #expect(bytes.withUnsafeBufferPointer { $0.nextIllFormed(from: 0) } == nil)
        let spec = TokenizerSpec(level: level)
        var trainer = try VocabularyTrainer(spec, minimumFrequency: 1)
        var records = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        if records.last?.isEmpty == true { records.removeLast() }
        for record in records { trainer.add(bytes: Array(record)) }
        let file = try TemporaryFile(bytes)
        var streamed = try VocabularyTrainer(spec, minimumFrequency: 1)
        try streamed.add(RecordStream(paths: [file.path]))
        #expect(streamed.report == trainer.report)
        #expect(try streamed.finish().json() == trainer.finish().json())
    }

    @Test func oneLongLine() throws {
        let line = Self.corpus.map { $0 == 0x0A ? 0x20 : $0 }
        let file = try TemporaryFile(line)
        let spec = TokenizerSpec(level: .word)
        let (json, report) = try train(
            spec, file, threads: 2, readSize: 1 << 18, maximumTypes: 1 << 21)
        var trainer = try VocabularyTrainer(spec)
        trainer.add(bytes: line)
        #expect(try trainer.finish().json() == json)
        #expect(report.records == 1)
        #expect(report.firstIllFormed == trainer.report.firstIllFormed)
    }

    /// Whoever waits for the parts under way, before types are dropped, learns that one has failed.
    @Test(arguments: [1, 2, 5])
    func failuresEndTheWork(_ threads: Int) throws {
        var lines = Self.corpus
        lines.append(contentsOf: [0x0A, 0xFF, 0x0A])
        lines.append(contentsOf: Self.corpus)
        let file = try TemporaryFile(lines)
        var trainer = try VocabularyTrainer(TokenizerSpec(level: .word), maximumTypes: 2)
        #expect(throws: TokenizeError.self) {
            try trainer.add(RecordStream(paths: [file.path]), illFormed: .error, threads: threads)
        }
        struct Interruption: Error {}
        #expect(throws: Interruption.self) {
            try trainer.add(RecordStream(paths: [file.path]), threads: threads) { bytes in
                if bytes > 1_000_000 { throw Interruption() }
            }
        }
    }

    @Test func bytesAreCounted() {
        for count in [0, 1, 63, 64, 65, 20_000] {
            let bytes = [UInt8](repeating: 0x0A, count: count) + [0x0B]
            #expect(bytes.withUnsafeBufferPointer { $0.occurrences(of: 0x0A) } == count)
        }
    }

    /// Runs of characters of two bytes are looked at together.
    @Test(arguments: [[0xC0, 0x80], [0xC1, 0xBF], [0xD0, 0x20], [0xD0, 0xD0], [0x80, 0x80]])
    func illFormedPairsAreFound(_ pair: [UInt8]) {
        for place in 0..<20 {
            var bytes = Array(String(repeating: "ж", count: 20).utf8)
            bytes.replaceSubrange(2 * place..<2 * place + 2, with: pair)
            let found = bytes.withUnsafeBufferPointer { $0.nextIllFormed(from: 0) }
            #expect(found?.lowerBound == 2 * place)
        }
    }
}
