import Foundation
import Testing
import Tokenize

@testable import Training

@Suite struct TokenCorpusTests {
    private let words = TokenizerSource.learned(TokenizerSpec(level: .word))

    private func bytes() throws -> Tokenizer { try Tokenizer(spec: TokenizerSpec(level: .byte)) }

    private func sequences(_ store: TokenStore) throws -> [[Int32]] {
        try (0..<store.recordCount).map { try store.sequence(at: $0) }
    }

    private func texts(_ store: TokenStore, _ tokenizer: Tokenizer) throws -> [String] {
        try sequences(store).map { try tokenizer.decodeString($0) }
    }

    @Test func equalsDirectTokenization() throws {
        let scratch = try CorpusScratch()
        let lines = sampleLines(500)
        let path = try scratch.write(lines.joined(separator: "\n"))
        let source = CorpusSource(paths: [path], maximumLength: 200, seed: 3)
        let corpus = try TokenCorpus.open(scratch.cache, source, tokenizer: words)
        let stored = try sequences(corpus.training) + sequences(corpus.heldOut)
        let direct = lines.map { corpus.tokenizer.encode($0) }
        #expect(stored.count == 500)
        #expect(Set(stored) == Set(direct))
        let trained = try texts(corpus.training, corpus.tokenizer)
        let held = try texts(corpus.heldOut, corpus.tokenizer)
        #expect(!held.isEmpty && Set(trained).isDisjoint(with: held))
        // In the order of the corpus.
        #expect(trained == lines.filter { Set(trained).contains($0) })
        #expect(corpus.origin == .built)
        #expect(corpus.report.tokens?.trainingTokens == corpus.training.tokenCount)
        #expect(corpus.report.tokens?.heldOutRecords == held.count)
        #expect(corpus.vocabularyReport?.records == UInt64(trained.count))
    }

    /// More than 65,536 ids take four bytes each.
    @Test func wideVocabulary() throws {
        let scratch = try CorpusScratch()
        let tokens = (0..<70_000).map { Array("x\($0)y".utf8) }
        let tokenizer = try Tokenizer(spec: TokenizerSpec(level: .whitespace), tokens: tokens)
        let path = try scratch.write(
            (0..<7_000).map { "x\($0)y x\(69_999 - $0)y" }.joined(separator: "\n"))
        let source = CorpusSource(paths: [path], maximumLength: 8, seed: 1)
        let corpus = try TokenCorpus.open(scratch.cache, source, tokenizer: .given(tokenizer))
        #expect(corpus.training.tokenCount == 2 * corpus.training.recordCount)
        let size = try scratch.bytes(TokenStore.tokensPath(scratch.cache, "training")).count
        #expect(size == 4 * corpus.training.tokenCount)
        for (ids, text) in zip(
            try sequences(corpus.training), try texts(corpus.training, tokenizer))
        {
            #expect(ids == tokenizer.encode(text))
            #expect(!ids.contains(2))
        }
        #expect(try sequences(corpus.training).joined().contains { $0 > 65_536 })
    }

    @Test func duplicatesNeverLeak() throws {
        let scratch = try CorpusScratch()
        let lines = (0..<3_000).map { "sentence \($0 % 300)" }
        let path = try scratch.write(lines.joined(separator: "\n") + "\n")
        for seed in 0..<5 as Range<UInt64> {
            let source = CorpusSource(paths: [path], maximumLength: 200, seed: seed)
            let corpus = try TokenCorpus.open(
                scratch.cache, source, tokenizer: .given(try bytes()))
            let trained = Set(try sequences(corpus.training))
            let held = Set(try sequences(corpus.heldOut))
            #expect(trained.isDisjoint(with: held))
            #expect(trained.count + held.count == 300)
            #expect(corpus.training.recordCount + corpus.heldOut.recordCount == 3_000)
        }
    }

    /// Words that stand only in held-out records get no token.
    @Test func vocabularyIsOfTrainingRecords() throws {
        let scratch = try CorpusScratch()
        let training = try scratch.write("apple pear\napple pear\n", as: "t")
        let heldOut = try scratch.write("quince quince quince\n", as: "h")
        let source = CorpusSource(
            paths: [training], heldOutPaths: [heldOut], maximumLength: 50, seed: 1)
        let corpus = try TokenCorpus.open(scratch.cache, source, tokenizer: words)
        #expect(corpus.tokenizer.tokenID(of: "apple".utf8) != nil)
        #expect(corpus.tokenizer.tokenID(of: "quince".utf8) == nil)
        #expect(try texts(corpus.heldOut, corpus.tokenizer) == ["quince quince quince"])
        #expect(try texts(corpus.training, corpus.tokenizer) == ["apple pear", "apple pear"])
    }

    @Test(arguments: [["only one"], Array(repeating: "same", count: 30)])
    func nothingToHoldOut(_ lines: [String]) throws {
        let scratch = try CorpusScratch()
        let path = try scratch.write(lines.joined(separator: "\n"))
        let source = CorpusSource(paths: [path], maximumLength: 50, seed: 1)
        let corpus = try TokenCorpus.open(scratch.cache, source, tokenizer: .given(try bytes()))
        #expect(try texts(corpus.training, corpus.tokenizer) == lines)
        #expect(try texts(corpus.heldOut, corpus.tokenizer) == lines)
        #expect(corpus.report.tokens?.heldOutIsCopy == true)
        #expect(corpus.report.description.contains("copies of training sequences"))
        #expect(
            try TokenCorpus.open(scratch.cache, source, tokenizer: .given(try bytes())).report
                == corpus.report)
    }

    @Test func copiesAreBounded() throws {
        let scratch = try CorpusScratch()
        let path = try scratch.write(String(repeating: "a\n", count: 2_500))
        let source = CorpusSource(paths: [path], maximumLength: 5, seed: 1)
        let corpus = try TokenCorpus.open(scratch.cache, source, tokenizer: .given(try bytes()))
        #expect(corpus.training.recordCount == 2_500)
        #expect(corpus.heldOut.recordCount == 2_000)
    }

    @Test func leavesOutWhatDoesNotFit() throws {
        let scratch = try CorpusScratch()
        let path = try scratch.write("12345\n123456\n\n1234\n   \n1\n")
        let heldOut = try scratch.write("1234567\nabc\n", as: "h")
        let source = CorpusSource(
            paths: [path], heldOutPaths: [heldOut], maximumLength: 5, seed: 1)
        let corpus = try TokenCorpus.open(scratch.cache, source, tokenizer: .given(try bytes()))
        #expect(try texts(corpus.training, corpus.tokenizer) == ["12345", "1234", "   ", "1"])
        #expect(try texts(corpus.heldOut, corpus.tokenizer) == ["abc"])
        #expect(corpus.report.emptyLines.count == 1)
        let tokens = try #require(corpus.report.tokens)
        #expect(tokens.tooLong.count == 2)
        #expect(
            tokens.tooLong.firstPlaces == [
                .init(path: path, line: 2, byte: 6), .init(path: heldOut, line: 1, byte: 0),
            ])

        let closed = try Tokenizer(
            spec: TokenizerSpec(level: .whitespace), tokens: [Array("1".utf8)])
        let other = try TokenCorpus.open(scratch.cache, source, tokenizer: .given(closed))
        #expect(
            other.report.tokens?.withoutTokens.firstPlaces == [.init(path: path, line: 5, byte: 19)]
        )
        #expect(other.training.recordCount == 4)
    }

    @Test func refusesCorporaWithoutUse() throws {
        let scratch = try CorpusScratch()
        let long = try scratch.write("abcdef\nabcdefg\nabcdefgh\n", as: "long")
        #expect(throws: TrainingError.allTooLong(records: 3, maximumLength: 5, shortest: 6)) {
            let heldOut = try scratch.write("a\n", as: "h")
            let source = CorpusSource(
                paths: [long], heldOutPaths: [heldOut], maximumLength: 5, seed: 1)
            _ = try TokenCorpus.open(scratch.cache, source, tokenizer: .given(try bytes()))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.cache).isEmpty)
        for text in ["", "\n", "\n\r\n\n"] {
            let empty = try scratch.write(text, as: "empty")
            let source = CorpusSource(paths: [empty], maximumLength: 5, seed: 1)
            let error = try #require(throws: TrainingError.self) {
                try TokenCorpus.open(scratch.cache, source, tokenizer: .given(try bytes()))
            }
            #expect(error.description.hasPrefix("nothing to train on in '\(empty)': "))
        }
        let blank = try scratch.write("\t\n  \n", as: "blank")
        #expect(
            throws: TrainingError.noRecords(
                sources: [blank], reason: "no record to train on has a token")
        ) {
            let source = CorpusSource(paths: [blank], maximumLength: 5, seed: 1)
            _ = try TokenCorpus.open(
                scratch.cache, source, tokenizer: .learned(TokenizerSpec(level: .whitespace)))
        }
        let none = try scratch.write("", as: "none")
        #expect(
            throws: TrainingError.noRecords(
                sources: [none], reason: "no line has 1 … 1048576 bytes of text")
        ) {
            let source = CorpusSource(
                paths: [blank], heldOutPaths: [none], maximumLength: 5, seed: 1)
            _ = try TokenCorpus.open(scratch.cache, source, tokenizer: .given(try bytes()))
        }
    }

    @Test(arguments: [-0.1, 0.51, .nan, .infinity]) func refusesShares(_ share: Double) throws {
        #expect(
            throws: TrainingError.setting(
                key: "held_out_share", got: "\(share)", wanted: "0 … 0.5")
        ) {
            try TokenCorpus.open(
                "/nonexistent",
                CorpusSource(paths: ["x"], maximumLength: 9, heldOutShare: share, seed: 1),
                tokenizer: words)
        }
    }

    @Test(arguments: [0, -5, Int.max]) func refusesLengths(_ length: Int) throws {
        #expect(throws: TrainingError.self) {
            try TokenCorpus.open(
                "/nonexistent", CorpusSource(paths: ["x"], maximumLength: length, seed: 1),
                tokenizer: words)
        }
    }
}
