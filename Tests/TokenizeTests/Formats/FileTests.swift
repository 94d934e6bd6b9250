import Files
import Foundation
import Testing

@testable import Tokenize

@Suite struct FileTests {
    private func tokenizer(_ spec: TokenizerSpec) throws -> Tokenizer {
        var trainer = try VocabularyTrainer(spec, minimumFrequency: 1)
        for text in samples { trainer.add(text) }
        for bytes in illFormed { trainer.add(bytes: bytes) }
        trainer.add("quote\"back\\slash \u{1}\u{7F}\u{8}\u{C}")
        return try trainer.finish()
    }

    static let specs = [
        TokenizerSpec(level: .byte), TokenizerSpec(level: .character),
        TokenizerSpec(level: .word, normalization: .nfkcCasefold, locale: "tr"),
        TokenizerSpec(level: .word, profile: .icu, caseFolding: true, locale: "sv"),
        TokenizerSpec(level: .whitespace, normalization: .nfc),
    ]

    @Test(arguments: specs)
    func writtenReadAndWrittenAgain(_ spec: TokenizerSpec) throws {
        let original = try tokenizer(spec)
        let json = original.json()
        let read = try Tokenizer(json: json)
        #expect(read.json() == json)
        #expect(read.spec == spec)
        #expect(read.vocabularySize == original.vocabularySize)
        #expect(read.versionWarning == nil)
        for text in samples { #expect(read.encode(text) == original.encode(text)) }
        for bytes in illFormed {
            #expect(read.encode(bytes: bytes) == original.encode(bytes: bytes))
        }
        // Foundation agrees that this is JSON.
        #expect(try JSONSerialization.jsonObject(with: Data(json)) is [String: Any])
    }

    @Test func onDisk() throws {
        let path = NSTemporaryDirectory() + "/tokenizer-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let original = try tokenizer(TokenizerSpec(level: .word))
        try original.write(to: path)
        #expect(try Tokenizer(contentsOf: path).json() == original.json())
        try Data(original.json().dropLast(10)).write(to: URL(fileURLWithPath: path))
        do {
            _ = try Tokenizer(contentsOf: path)
            Issue.record("a truncated file was read")
        } catch let error as TokenizeError { #expect(error.description.contains(path)) }
        #expect(throws: TokenizeError.self) { try Tokenizer(contentsOf: path + ".missing") }
        #expect(throws: FilesError.self) { try original.write(to: path + "/below") }
        #expect(throws: TokenizeError.self) { try Tokenizer(contentsOf: "/") }
    }

    @Test(arguments: specs)
    func truncations(_ spec: TokenizerSpec) throws {
        let json = try tokenizer(spec).json()
        for length in stride(from: 0, to: json.count - 1, by: 97) {
            #expect(throws: TokenizeError.self) { try Tokenizer(json: Array(json[..<length])) }
        }
    }

    /// A flipped bit is found, unless it leaves the contents as they are (white space, or letters
    /// of the recorded versions, which only lead to a warning).
    @Test func flippedBits() throws {
        let original = try tokenizer(TokenizerSpec(level: .word))
        let json = original.json()
        var generator = SeededGenerator(5)
        var accepted = 0
        for _ in 0..<4000 {
            var damaged = json
            let index = Int.random(in: 0..<json.count, using: &generator)
            damaged[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            do {
                let read = try Tokenizer(json: damaged)
                accepted += 1
                #expect(read.vocabulary.counts == original.vocabulary.counts)
                #expect(read.encode(samples.joined()) == original.encode(samples.joined()))
            } catch { #expect(error is TokenizeError) }
        }
        #expect(accepted < 400)
    }

    private func failure(_ json: String) -> String {
        do {
            _ = try Tokenizer(json: Array(json.utf8))
            return "no failure"
        } catch { return "\(error)" }
    }

    @Test func messagesNameTheKey() throws {
        let original = try Tokenizer(
            spec: TokenizerSpec(level: .word), tokens: [Array("é".utf8), [0x20, 0xFF]])
        let json = String(decoding: original.json(), as: UTF8.self)
        func damaged(_ old: String, _ new: String) -> String {
            #expect(json.contains(old))
            return failure(json.replacingOccurrences(of: old, with: new))
        }
        #expect(json.contains(#"[{"bytes": "20ff"}, 0]"#))
        #expect(damaged("\"format_version\": 1", "\"format_version\": 2").contains("version 2"))
        #expect(damaged("\"icu_version\"", "\"icu\"").contains("key 'icu': unknown key"))
        #expect(damaged("  \"icu_version\"", "  \"format\"").contains("key 'format'"))
        #expect(
            damaged("\"word\"", "\"words\"").contains("'spec.level': got \"words\", want one of"))
        #expect(damaged("\"20ff\"", "\"20f\"").contains("'tokens'"))
        #expect(damaged("\"20ff\"", "\"c3a9\"").contains("there already"))
        #expect(damaged("\"20ff\"", "\"20fe\"").contains("'digest'"))
        #expect(damaged("260", "261").contains("'vocabulary_size': got 261, but there are 260"))
        #expect(damaged("\"é\", 0", "\"é\", 99999999999999999999").contains("too large"))
        #expect(damaged("\"é\", 0", "\"é\", -1").contains("without sign"))
        #expect(damaged("\"é\"", #""\ud800""#).contains("surrogate"))
        #expect(damaged("\"case_folding\": false, ", "").contains("'spec.case_folding'"))
        #expect(damaged("null", "\"s v\"").contains("'spec.locale'"))
        #expect(failure(json + "x").contains("after the end"))
        #expect(failure(String(repeating: "[", count: 100_000)).contains("want '{'"))
        #expect(damaged("\"é\"", #""\u00e9""#) == "no failure")
        #expect(damaged("\"é\"", #""\ud83d\ude00""#).contains("'digest'"))
    }

    @Test func anotherICUVersionIsAWarning() throws {
        let json = String(
            decoding: try Tokenizer(spec: TokenizerSpec(level: .word)).json(), as: UTF8.self)
        let old = json.replacingOccurrences(
            of: "\"icu_version\": \"\(ICU.version)\"", with: "\"icu_version\": \"4.8\"")
        let read = try Tokenizer(json: Array(old.utf8))
        #expect(read.versionWarning?.contains("ICU 4.8") == true)
        #expect(read.versionWarning?.contains("train it again") == true)
        // The file keeps saying what it was made with.
        #expect(String(decoding: read.json(), as: UTF8.self) == old)
    }

    @Test func specAsCodable() throws {
        let spec = TokenizerSpec(level: .word, normalization: .nfkcCasefold, caseFolding: true)
        let data = try JSONEncoder().encode(spec)
        #expect(String(decoding: data, as: UTF8.self).contains("\"case_folding\":true"))
        #expect(try JSONDecoder().decode(TokenizerSpec.self, from: data) == spec)
        func decode(_ json: String) throws -> TokenizerSpec {
            try JSONDecoder().decode(TokenizerSpec.self, from: Data(json.utf8))
        }
        #expect(try decode(#"{"level": "byte"}"#) == TokenizerSpec(level: .byte))
        #expect(throws: DecodingError.self) { try decode(#"{"level": "byte", "levle": 1}"#) }
        #expect(throws: DecodingError.self) { try decode("{}") }
    }
}
