import Testing

@testable import Tokenize

@Suite struct UnknownFinderTests {
    private func first(_ text: String, _ tokenizer: Tokenizer) -> String? {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { record in
            UnknownFinder(tokenizer).first(in: record).map {
                String(decoding: record[$0], as: UTF8.self)
            }
        }
    }

    @Test func words() throws {
        let tokenizer = try Tokenizer(
            spec: TokenizerSpec(level: .word), tokens: ["the", " cat"].map { Array($0.utf8) })
        #expect(first("the cat the", tokenizer) == nil)
        #expect(first("the cat dog cat", tokenizer) == " dog")
        // With a space alone, "cat" is another word.
        #expect(first("cat", tokenizer) == "cat")
        #expect(first("", tokenizer) == nil)
    }

    @Test func fieldsAndCharacters() throws {
        let fields = try Tokenizer(
            spec: TokenizerSpec(level: .whitespace), tokens: [Array("cat".utf8)])
        #expect(first(" cat\tcat ", fields) == nil)
        #expect(first("cat  dog cow", fields) == "dog")
        let characters = try Tokenizer(
            spec: TokenizerSpec(level: .character), tokens: [Array("é".utf8)])
        #expect(first("café", characters) == nil)
        #expect(first("café – ", characters) == "–")
        #expect(first("any –", try Tokenizer(spec: TokenizerSpec(level: .byte))) == nil)
    }

    @Test func placesAreOfTheOriginal() throws {
        let tokenizer = try Tokenizer(
            spec: TokenizerSpec(level: .whitespace, normalization: .nfkc, caseFolding: true),
            tokens: [Array("fi".utf8)])
        #expect(first("ﬁ FI ﬁ ½ x", tokenizer) == "½")
    }
}
