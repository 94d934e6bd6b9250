import Testing

@testable import Tokenize

@Suite struct TrainerTests {
    @Test func orderIsByCountThenBytes() throws {
        let spec = TokenizerSpec(level: .whitespace)
        let tokenizer = try trained(spec, on: ["b c a b", "é z z b \u{10000}"])
        #expect(tokenizer.entries == ["b", "z", "a", "c", "é", "\u{10000}"])
        let other = try trained(spec, on: ["\u{10000} é z z b", "b a c b"])
        #expect(other.json() == tokenizer.json())
    }

    @Test func frequencyAndSizeLimit() throws {
        let spec = TokenizerSpec(level: .word)
        let texts = ["xx yy zz", "xx yy", "xx"]
        var trainer = try VocabularyTrainer(spec)
        for text in texts { trainer.add(text) }
        #expect(try trainer.finish().entries == ["xx", " yy"])
        #expect(try trained(spec, on: texts, maximumSize: 259).entries == ["xx"])
        #expect(try trained(spec, on: texts, maximumSize: 258).entries == [])
        #expect(throws: TokenizeError.self) { try VocabularyTrainer(spec, maximumSize: 257) }
        #expect(throws: TokenizeError.self) { try VocabularyTrainer(spec, maximumTypes: 1) }
    }

    @Test func charactersComeFirstAtWordLevel() throws {
        let texts = ["größe süße", "größe süßes"]
        let tokenizer = try trained(TokenizerSpec(level: .word), on: texts, minimumFrequency: 2)
        // ß: größe, süße, süßes; ü and " s" in two distinct words; "ö" in one.
        #expect(tokenizer.entries == ["ß", " s", "ü", "größe"])
    }

    @Test func characterLevel() throws {
        let tokenizer = try trained(TokenizerSpec(level: .character), on: ["éa\u{308}é\r\n", "क्षि"])
        #expect(tokenizer.entries == ["é", "\r\n", "a\u{308}", "क्षि"])
        #expect(tokenizer.tokens("xé\r\n") == ["x", "é", "\r\n"])
        #expect(tokenizer.encode("ü").count == 2)
    }

    @Test func pruningIsReportedAndDeterministic() throws {
        func train() throws -> (Tokenizer, TrainingReport) {
            var trainer = try VocabularyTrainer(
                TokenizerSpec(level: .word), minimumFrequency: 1, maximumTypes: 100)
            for number in 0..<20_000 { trainer.add("often w\(number)") }
            return (try trainer.finish(), trainer.report)
        }
        let (tokenizer, report) = try train()
        #expect(report.records == 20_000)
        #expect(report.occurrences == 40_000)
        #expect(report.typesSeen == 20_001)
        // Segments end at 64, 192, 448 … KiB of some 266 KB.
        #expect(report.typesPruned > 14_000)
        #expect(report.occurrencesPruned == report.typesPruned)
        #expect(report.countErrorBound == 2)
        #expect(tokenizer.tokens("often") == ["often"])
        let again = try train()
        #expect(again.0.json() == tokenizer.json())
        #expect(again.1 == report)
    }

    @Test func coverageEndsTheVocabulary() throws {
        let text = Array(repeating: "aa bb", count: 8) + Array(repeating: "cc dd", count: 2)
        func entries(_ coverage: Double) throws -> [String] {
            var trainer = try VocabularyTrainer(
                TokenizerSpec(level: .whitespace), coverage: coverage)
            for line in text { trainer.add(line) }
            return try trainer.finish().entries
        }
        #expect(try entries(1) == ["aa", "bb", "cc", "dd"])
        #expect(try entries(0.9) == ["aa", "bb", "cc"])
        #expect(try entries(0.8) == ["aa", "bb"])
        #expect(try entries(0.1) == ["aa"])
        for bad in [0, -1, 1.5, .nan] {
            #expect(throws: TokenizeError.self) {
                try VocabularyTrainer(TokenizerSpec(level: .word), coverage: bad)
            }
        }
    }

    @Test func copiesOfATrainerAreApart() throws {
        var trainer = try VocabularyTrainer(TokenizerSpec(level: .whitespace))
        trainer.add("x y")
        var other = trainer
        other.add("z z")
        trainer.add("y")
        #expect(try trainer.finish().entries == ["y", "x"])
        #expect(try other.finish().entries == ["z", "x", "y"])
    }

    @Test func reportCountsIllFormedAndLongInput() throws {
        var trainer = try VocabularyTrainer(TokenizerSpec(level: .word))
        trainer.add("fine é")
        trainer.add(bytes: [0x61, 0xFF, 0xE2, 0x82, 0x20])
        trainer.add(bytes: Array(repeating: 0x61, count: 300))
        #expect(trainer.report.records == 3)
        #expect(trainer.report.bytes == 7 + 5 + 300)
        #expect(trainer.report.illFormedBytes == 3)
        #expect(
            trainer.report.firstIllFormed == [.init(record: 1, byte: 1), .init(record: 1, byte: 2)])
        #expect(trainer.report.longOccurrences == 1)
        for _ in 0..<20 { trainer.add(bytes: [0xFF]) }
        #expect(trainer.report.firstIllFormed.count == TrainingReport.maximumPlaces)
    }

    @Test func byteLevelHasNothingToLearn() throws {
        let tokenizer = try trained(TokenizerSpec(level: .byte), on: samples)
        #expect(tokenizer.vocabularySize == 258)
        #expect(tokenizer.encode("az") == [2 + 0x61, 2 + 0x7A])
        #expect(tokenizer.unknown == nil)
    }

    @Test func typeCountsAreThoseOfADictionary() {
        var generator = SeededGenerator(5)
        var types = TypeCounts()
        var reference: [[UInt8]: UInt64] = [:]
        for _ in 0..<40_000 {
            let length = Int.random(in: 1...20, using: &generator)
            let key = (0..<length).map { _ in
                UInt8.random(in: 0...(length < 8 ? 3 : 1), using: &generator)
            }
            key.withUnsafeBufferPointer { types.add($0) }
            reference[key, default: 0] += 1
        }
        #expect(types.count == reference.count)
        for (type, count) in types.counts.enumerated() {
            #expect(reference[Array(types[type])] == count)
        }
        let ranked = types.ranked(minimumCount: 2)
        #expect(ranked.count == reference.values.filter { $0 >= 2 }.count)
        for (left, right) in zip(ranked.map(Int.init), ranked.dropFirst().map(Int.init)) {
            let counts = [types.occurrences(of: left), types.occurrences(of: right)]
            #expect(
                counts[0] > counts[1]
                    || (counts[0] == counts[1]
                        && types[left].lexicographicallyPrecedes(types[right]))
            )
        }
        #expect(types.ranked(minimumCount: 2, limit: 100).prefix(100) == ranked.prefix(100))
        types.removeAll()
        #expect(types.count == 0)
        #expect(types.counts == [])
    }

    @Test func tableKeepsItsEntries() {
        var generator = SeededGenerator(11)
        var table = ByteTable()
        var reference: [[UInt8]: Int] = [:]
        for _ in 0..<20_000 {
            let length = Int.random(in: 1...40, using: &generator)
            let key = (0..<length).map { _ in UInt8.random(in: 0...2, using: &generator) }
            let (index, isNew) = key.withUnsafeBufferPointer { table.insert($0) }
            #expect(isNew == (reference[key] == nil))
            if isNew { reference[key] = index }
            #expect(reference[key] == index)
        }
        #expect(table.count == reference.count)
        for (key, index) in reference {
            #expect(Array(table[index]) == key)
            #expect(key.withUnsafeBufferPointer { table.index(of: $0) } == index)
        }
    }
}
