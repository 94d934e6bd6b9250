import Testing

@testable import Tokenize

@Suite struct MergeTests {
    private static let texts = [
        ["the cat sat", "on the mat the end", "naïve 日本語 cat"],
        ["a dog sat", "the naïve 👩‍👩‍👧 dog", "x"],
        ["mat", "", "ﬁ ½ the"],
    ]

    private func counts(_ tokenizer: Tokenizer) -> [String: UInt64] {
        var counts: [String: UInt64] = [:]
        tokenizer.forEachEntry { counts[String(decoding: $0, as: UTF8.self)] = $1 }
        return counts
    }

    /// Parts learned one by one and merged are the whole, learned at once.
    @Test(arguments: [TokenLevel.whitespace, .character])
    func partsMakeTheWhole(_ level: TokenLevel) throws {
        let spec = TokenizerSpec(level: level)
        let parts = try Self.texts.map { try trained(spec, on: $0) }
        let merged = try Tokenizer(merging: parts)
        #expect(merged.json() == (try trained(spec, on: Self.texts.flatMap(\.self))).json())
    }

    @Test func theOrderDoesNotMatter() throws {
        let parts = try Self.texts.map { try trained(TokenizerSpec(level: .word), on: $0) }
        let merged = try Tokenizer(merging: parts)
        #expect(try Tokenizer(merging: parts.reversed()).json() == merged.json())
        var sum: [String: UInt64] = [:]
        for part in parts { sum.merge(counts(part), uniquingKeysWith: +) }
        #expect(counts(merged) == sum)
        // Characters come first, so that a smaller vocabulary still spells.
        let entries = merged.entries
        let words = entries.firstIndex { $0.drop { $0 == " " }.count > 1 } ?? 0
        #expect(words > 0)
        #expect(entries[words...].allSatisfy { $0.drop { $0 == " " }.count > 1 })
        #expect(try Tokenizer(json: merged.json()).json() == merged.json())
    }

    @Test func oneAloneStaysWhatItIs() throws {
        let one = try trained(TokenizerSpec(level: .whitespace), on: Self.texts[0])
        #expect(try Tokenizer(merging: [one, one]).entries == one.entries)
        #expect(try Tokenizer(merging: [one]).json() == one.json())
    }

    @Test func limits() throws {
        let spec = TokenizerSpec(level: .whitespace)
        let parts = try Self.texts.map { try trained(spec, on: $0) }
        #expect(try Tokenizer(merging: parts, maximumSize: 5).entries == ["the", "cat"])
        #expect(
            try Tokenizer(merging: parts, minimumFrequency: 2).entries
                == ["the", "cat", "dog", "mat", "naïve", "sat"])
        #expect(throws: TokenizeError.self) { try Tokenizer(merging: parts, maximumSize: 2) }
        #expect(throws: TokenizeError.self) { try Tokenizer(merging: []) }
        let full = try Tokenizer(spec: spec, tokens: [[0x61]], counts: [.max])
        let one = try Tokenizer(spec: spec, tokens: [[0x61]], counts: [1])
        #expect(throws: TokenizeError.self) { try Tokenizer(merging: [full, one]) }
    }

    @Test(arguments: [
        (TokenizerSpec(level: .character), "level"),
        (TokenizerSpec(level: .word, profile: .icu), "profile"),
        (TokenizerSpec(level: .word, normalization: .nfc), "normalization"),
        (TokenizerSpec(level: .word, caseFolding: true), "case_folding"),
        (TokenizerSpec(level: .word, locale: "sv"), "locale"),
        (TokenizerSpec(level: .word, rules: ".;"), "rules"),
    ])
    func otherSpecificationsAreRefused(_ spec: TokenizerSpec, _ wanted: String) throws {
        let tokenizers = [
            try Tokenizer(spec: TokenizerSpec(level: .word)), try Tokenizer(spec: spec),
        ]
        do {
            _ = try Tokenizer(merging: tokenizers)
            Issue.record("\(wanted) was merged")
        } catch TokenizeError.invalidSpec(let key, let reason) {
            #expect(key == wanted)
            #expect(reason.contains("vocabulary 2"))
        }
    }
}
