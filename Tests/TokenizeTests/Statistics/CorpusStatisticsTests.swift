import Testing

@testable import Tokenize

@Suite struct CorpusStatisticsTests {
    private func statistics(
        _ text: [UInt8], _ spec: TokenizerSpec, threads: Int = 1
    ) throws -> CorpusStatistics {
        let file = try TemporaryFile(text)
        var statistics = try CorpusStatistics(spec)
        try statistics.add(RecordStream(paths: [file.path]), threads: threads)
        return statistics
    }

    @Test func figuresOfASmallText() throws {
        let text = Array("a b a\n\nжé e\u{301} a\n".utf8) + [0xFF, 0x62, 0x0A]
        let found = try statistics(text, TokenizerSpec(level: .whitespace))
        #expect(found.report.records == 4)
        #expect(found.emptyRecords == 1)
        #expect(found.report.bytes == UInt64(text.count - 4))
        #expect(found.report.occurrences == 7)
        #expect(found.typeCount == 5)
        #expect(found.typeFrequencies.counts == [3, 1, 1, 1, 1])
        #expect(found.typeFrequencies.hapaxCount == 4)
        #expect(found.typeFrequencies.typesCovering(0.4) == 1)
        #expect(found.typeFrequencies.typesCovering(1) == 5)
        #expect(found.typeFrequencies.outOfVocabularyRate(size: 1) == 4.0 / 7)
        #expect(found.typeFrequencies.outOfVocabularyRate(size: 9) == 0)
        #expect(found.report.illFormedBytes == 1)
        #expect(found.report.firstIllFormed == [.init(record: 3, byte: 0)])
        #expect(found.unnormalizedRecords == 1)
        // 5 + 7 + 2 scalars, of which e and its mark are one cluster.
        #expect(found.scalars == 14)
        #expect(found.graphemes == 13)
        let scripts = Dictionary(uniqueKeysWithValues: found.scripts.map { ($0.name, $0.scalars) })
        #expect(scripts == ["Latin": 7, "Common": 4, "Cyrillic": 1, "Inherited": 1])
        #expect(found.recordLengths.counts == [1, 1, 2])
        #expect(found.recordLengths.maximum == 3)
    }

    @Test(arguments: TokenLevel.allCases) func threadsAreOfNoInfluence(_ level: TokenLevel) throws {
        let text = manyLines(400_000)
        let one = try statistics(text, TokenizerSpec(level: level))
        let many = try statistics(text, TokenizerSpec(level: level), threads: 3)
        #expect(one.report == many.report)
        #expect(one.typeFrequencies.counts == many.typeFrequencies.counts)
        #expect(one.scripts.map(\.name) == many.scripts.map(\.name))
        #expect(one.tokenLengths == many.tokenLengths)
        #expect(one.recordLengths == many.recordLengths)
        #expect(one.scripts.reduce(0) { $0 + $1.scalars } < one.scalars)
    }

    @Test func classesOfLengths() {
        var histogram = Histogram()
        for length in [0, 1, 2, 3, 4, 7, 8] { histogram.add(length) }
        #expect(histogram.counts == [1, 1, 2, 2, 1])
        #expect(histogram.total == 25)
        #expect(Histogram.range(of: 0) == 0...0)
        #expect(Histogram.range(of: 3) == 4...7)
    }
}
