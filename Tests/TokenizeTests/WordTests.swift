import Testing

@testable import Tokenize

@Suite struct WordTests {
    private func pieces(_ text: String, _ profile: SegmentationProfile = .uax29) throws -> [String]
    {
        let splitter = WordSplitter(
            rules: try .words(profile, locale: nil))
        var pieces: [String] = []
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            splitter.forEachWord(in: bytes) { pieces.append(String(decoding: $0, as: UTF8.self)) }
        }
        return pieces
    }

    @Test func oneSpaceBelongsToTheWord() throws {
        #expect(try pieces("the  dog, can't") == ["the", " ", " dog", ",", " can't"])
        #expect(try pieces(" a \n b\t c ") == [" a", " ", "\n", " b", "\t", " c", " "])
        #expect(try pieces("a \u{A0}b \u{3000}c") == ["a", " ", "\u{A0}", "b", " \u{3000}", "c"])
        #expect(try pieces(" 👩‍👩‍👧 \u{301}x") == [" 👩‍👩‍👧", " \u{301}", "x"])
        #expect(try pieces("a\r\n\r\n b") == ["a", "\r\n", "\r\n", " b"])
    }

    @Test func untailored() throws {
        #expect(try pieces("foo@bar.com a:b") == ["foo", "@", "bar.com", " a:b"])
        #expect(try pieces("3.14,15 x_1 k:") == ["3.14,15", " x_1", " k", ":"])
        #expect(try pieces("한국어abc") == ["한국어abc"])
    }

    /// Dictionaries cut scripts without spaces, in our rules as in ICU's own.
    @Test(arguments: [
        ("ภาษาไทยไม่มีช่องว่าง", "ไทย"), ("東京都に住んでいます", "東京"), ("中文分词测试", "分词"),
        ("ພາສາລາວ", "ລາວ"), ("ខ្ញុំរៀនភាសាខ្មែរនៅសាលា", "រៀន"), ("ကျွန်တော်ကျောင်းသွားတယ်", "သွား"),
    ])
    func dictionaries(_ text: String, _ word: String) throws {
        let ours = try pieces(text)
        #expect(ours.contains(word), "\(ours)")
        #expect(try ours == pieces(text, .icu))
    }

    @Test func unknownWordsAreSpelledWithTheirSpace() throws {
        let texts = ["the cat sat", "the cat sat", " zoo zen", "Ärger", "Ärger"]
        let tokenizer = try trained(TokenizerSpec(level: .word), on: texts, minimumFrequency: 2)
        #expect(tokenizer.tokens("the cat") == ["the", " cat"])
        // "cat" is no entry without its space, and "the" none with it.
        #expect(tokenizer.tokens(" the") == [" ", "the"])
        // " z" begins two of the distinct words.
        #expect(tokenizer.tokens(" zap") == [" z", "a", "p"])
        #expect(tokenizer.tokens(" xÄ") == [" ", "x", "\u{FFFD}", "\u{FFFD}"])
    }

    @Test func vocabularyIsByBytes() throws {
        let tokenizer = try Tokenizer(
            spec: TokenizerSpec(level: .word),
            tokens: [Array("caf\u{E9}".utf8), Array("cafe\u{301}".utf8)])
        #expect(tokenizer.encode("caf\u{E9}") == [258])
        #expect(tokenizer.encode("cafe\u{301}") == [259])
    }

    @Test func localeTailorsTheICUProfile() throws {
        let spec = TokenizerSpec(level: .word, profile: .icu, locale: "no such locale!")
        #expect(throws: TokenizeError.self) { try Tokenizer(spec: spec) }
        for locale in ["sv", "fi", "en_US_POSIX", "de-DE"] {
            _ = try Tokenizer(spec: TokenizerSpec(level: .word, profile: .icu, locale: locale))
        }
    }
}
