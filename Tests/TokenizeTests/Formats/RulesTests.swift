import Foundation
import Testing

@testable import Tokenize

/// Boundary rules of the user's own as a part of a tokenizer.
@Suite struct RulesTests {
    private static let texts =
        samples + [
            "let x1 = 3.14 // half\tof it\nnext_line 7", "ab-c ab\ncd-ef\n\n", "a\r\nb  c",
        ]

    private func tokenizer(_ rules: String) throws -> Tokenizer {
        try trained(TokenizerSpec(level: .word, rules: rules), on: Self.texts)
    }

    @Test func wordsAreThoseOfTheRules() throws {
        let tokenizer = try tokenizer(CustomRules.sourceCode)
        #expect(
            tokenizer.tokens("let x1 = 3.14 // half\tof it")
                == ["let", " x1", " =", " 3.14", " // half\tof it"])
    }

    /// A space goes to the word behind it under all rules, also where they put it elsewhere.
    @Test func spacesGoWithTheNextWord() throws {
        let tokenizer = try trained(
            TokenizerSpec(level: .word, rules: #"[a-z]+ [\ ]*; [\ ]+; .;"#),
            on: ["ab cd  ef gh\n", " ab"])
        #expect(tokenizer.tokens("ab cd  ef gh\n") == ["ab", " cd ", " ef", " gh", "\n"])
        // One word to these rules, and one that was never seen.
        #expect(tokenizer.tokens(" ab ") == [" a", "b", " "])
        #expect(tokenizer.tokens(" ab\n") == [" ab", "\n"])
    }

    @Test(arguments: [CustomRules.sourceCode, CustomRules.lookAhead])
    func theFileIsEnough(_ rules: String) throws {
        let tokenizer = try tokenizer(rules)
        let json = tokenizer.json()
        let read = try Tokenizer(json: json)
        #expect(read.spec == tokenizer.spec)
        #expect(read.spec.rules == rules)
        #expect(read.json() == json)
        #expect(read.versionWarning == nil)
        for text in Self.texts { #expect(read.encode(text) == tokenizer.encode(text)) }
    }

    @Test(arguments: [CustomRules.sourceCode, CustomRules.lookAhead])
    func everyByteComesBack(_ rules: String) throws {
        let tokenizer = try tokenizer(rules)
        var generator = SeededGenerator(61)
        for _ in 0..<2000 {
            let bytes = randomBytes(&generator, length: 30)
            #expect(try tokenizer.decode(tokenizer.encode(bytes: bytes)) == bytes)
        }
        for bytes in illFormed {
            #expect(try tokenizer.decode(tokenizer.encode(bytes: bytes)) == bytes)
        }
    }

    /// A line feed inside a word must not be cut at, whoever cuts.
    @Test(arguments: [CustomRules.sourceCode, CustomRules.lookAhead])
    func threadsAndChunksAreOfNoInfluence(_ rules: String) throws {
        let tokenizer = try tokenizer(rules)
        var text: [UInt8] = []
        while text.count < 3 << 20 { text += Self.texts.joined(separator: "\n").utf8 }
        let whole = tokenizer.encode(bytes: text)
        text.withUnsafeBufferPointer { bytes in
            for threads in [1, 2, 3] {
                #expect(tokenizer.encode(bytes, threads: threads) == whole)
            }
        }
        let few = Array(text.prefix(3000))
        let expected = tokenizer.encode(bytes: few)
        for size in [1, 7, 1000] {
            var encoder = StreamingEncoder(tokenizer)
            var tokenIDs: [Int32] = []
            for start in stride(from: 0, to: few.count, by: size) {
                encoder.append(few[start..<min(few.count, start + size)], into: &tokenIDs)
            }
            encoder.finish(into: &tokenIDs)
            #expect(tokenIDs == expected)
        }
    }

    /// Records longer than a segment of the trainer are not cut inside a word.
    @Test func longRecordsAreLearnedWhole() throws {
        let spec = TokenizerSpec(level: .word, rules: CustomRules.lookAhead)
        let record = Array(String(repeating: "ab\ncd ef ", count: 30_000).utf8)
        let file = try TemporaryFile(record)
        var streamed = try VocabularyTrainer(spec, minimumFrequency: 1)
        try streamed.add(RecordStream(paths: [file.path], framing: .whole), threads: 2)
        var direct = try VocabularyTrainer(spec, minimumFrequency: 1)
        direct.add(bytes: record)
        let json = try streamed.finish().json()
        #expect(try direct.finish().json() == json)
        let entries = try Tokenizer(json: json).entries
        #expect(entries.contains("ab\ncd"))
        #expect(!entries.contains("cd"))
    }

    @Test func damageIsNamed() throws {
        let json = String(decoding: try tokenizer(CustomRules.sourceCode).json(), as: UTF8.self)
        func failure(_ json: String) -> String {
            do {
                _ = try Tokenizer(json: Array(json.utf8))
                return "no failure"
            } catch { return "\(error)" }
        }
        // Other rules, however small the difference, are other tokens.
        #expect(
            failure(json.replacingOccurrences(of: "{300}", with: "{301}")).contains("'digest'"))
        #expect(
            failure(
                json.replacingOccurrences(of: "\"level\": \"word\"", with: "\"level\": \"byte\"")
            )
            .contains("'spec.rules'"))
        let broken = TokenizerSpec(level: .word, rules: "!!chain;\n[a-z\n")
        #expect(throws: TokenizeError.self) { try Tokenizer(spec: broken) }
        let digest = TokenizerFile.digest(broken, Vocabulary(level: .word))
        let whole = String(
            decoding: try Tokenizer(spec: TokenizerSpec(level: .word, rules: ".;")).json(),
            as: UTF8.self)
        let lines = whole.split(separator: "\n").map { line in
            line.contains("\"digest\"")
                ? "  \"digest\": \"\(digest)\""
                : line.replacingOccurrences(of: ".;", with: #"!!chain;\n[a-z\n"#)
        }
        let message = failure(lines.joined(separator: "\n"))
        #expect(message.contains("'spec.rules'"))
        #expect(message.contains("line 2"))
    }

    @Test func otherLevelsHaveNoUseForRules() {
        for level in TokenLevel.allCases where level != .word {
            #expect(throws: TokenizeError.self) {
                try Tokenizer(spec: TokenizerSpec(level: level, rules: ".;"))
            }
        }
    }

    @Test func specAsCodable() throws {
        let spec = TokenizerSpec(level: .word, rules: "[a-z]+;\n.;")
        let data = try JSONEncoder().encode(spec)
        #expect(try JSONDecoder().decode(TokenizerSpec.self, from: data) == spec)
        let plain = try JSONEncoder().encode(TokenizerSpec(level: .word))
        #expect(!String(decoding: plain, as: UTF8.self).contains("rules"))
    }
}
