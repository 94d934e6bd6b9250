import Testing

@testable import Tokenize

/// Corpora tokenized beforehand: a closed vocabulary and `<unk>`.
@Suite struct WhitespaceTests {
    private let tokenizer = Result {
        try trained(
            TokenizerSpec(level: .whitespace),
            on: [" no it was n't <unk> \n", "it was <unk> N <eos>"])
    }

    @Test func idsAndText() throws {
        let tokenizer = try tokenizer.get()
        #expect(tokenizer.unknown == 2)
        #expect(tokenizer.entries == ["it", "was", "<eos>", "N", "n't", "no"])
        #expect(tokenizer.vocabularySize == 9)
        let tokenIDs = tokenizer.encode(" it  was\t<unk> black \n<bos>")
        #expect(tokenIDs == [3, 4, 2, 2, 2])
        #expect(try tokenizer.decodeString(tokenIDs) == "it was <unk> <unk> <unk>")
        #expect(try tokenizer.decodeString([0, 3, 4, 1]) == "it was")
        #expect(try tokenizer.decodeString([0, 1]) == "")
        // A word of the text that looks like a special token is an entry of its own.
        #expect(tokenizer.encode("<eos>") == [5])
    }

    @Test func tokensByBytes() throws {
        let tokenizer = try tokenizer.get()
        #expect(tokenizer.tokenID(of: "<unk>".utf8) == 2)
        #expect(tokenizer.tokenID(of: "it".utf8) == 3)
        #expect(tokenizer.tokenID(of: "a".utf8) == nil)
        #expect(tokenizer.bytes(of: 2) == Array("<unk>".utf8))
        #expect(tokenizer.bytes(of: 0) == [])
        #expect(tokenizer.bytes(of: 9) == nil)
        #expect(tokenizer.bytes(of: -1) == nil)
        #expect(tokenizer.encode("") == [])
    }

    @Test func decodingNamesThePosition() throws {
        let tokenizer = try tokenizer.get()
        for id in [9, -1, Int32.max, Int32.min] {
            #expect(
                throws: TokenizeError.tokenIDOutOfRange(id: id, position: 1, vocabularySize: 9)
            ) { try tokenizer.decode([3, id]) }
        }
    }

    @Test func refusedEntries() throws {
        for (level, token) in [
            (TokenLevel.whitespace, "a b"), (.whitespace, "<unk>"), (.whitespace, ""), (.word, "a"),
            (.character, ""), (.byte, "ab"), (.word, String(repeating: "a", count: 256)),
        ] {
            #expect(throws: TokenizeError.self, "\(level) \(token)") {
                try Tokenizer(spec: TokenizerSpec(level: level), tokens: [Array(token.utf8)])
            }
        }
        #expect(throws: TokenizeError.self) {
            try Tokenizer(spec: TokenizerSpec(level: .word), tokens: [[1, 2], [1, 2]])
        }
    }
}
