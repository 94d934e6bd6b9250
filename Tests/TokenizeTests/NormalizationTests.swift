import Testing

@testable import Tokenize

@Suite struct NormalizationTests {
    private func normalized(
        _ text: String, _ form: NormalizationForm, folds: Bool = false, locale: String? = nil
    ) throws -> [Unicode.Scalar] {
        let spec = TokenizerSpec(
            level: .byte, normalization: form, caseFolding: folds, locale: locale)
        let bytes = try Tokenizer(spec: spec).normalized(text.utf8)
        return Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    }

    @Test func forms() throws {
        #expect(try normalized("e\u{301} Å ﬁ", .nfc) == Array("\u{E9} \u{C5} ﬁ".unicodeScalars))
        #expect(
            try normalized("\u{E9}한", .nfd)
                == Array("e\u{301}\u{1112}\u{1161}\u{11AB}".unicodeScalars))
        #expect(try normalized("ﬁ½\u{E9}", .nfkc) == Array("fi1\u{2044}2\u{E9}".unicodeScalars))
        #expect(try normalized("ﬁ\u{E9}", .nfkd) == Array("fie\u{301}".unicodeScalars))
        #expect(try normalized("ﬁ\u{AD}ẞABC", .nfkcCasefold) == Array("fissabc".unicodeScalars))
        #expect(try normalized("ẞABC e\u{301}", .none) == Array("ẞABC e\u{301}".unicodeScalars))
    }

    @Test func folding() throws {
        #expect(
            try normalized("Straße ΣΊΣΥΦΟΣ IDIOT", .none, folds: true)
                == Array("strasse σίσυφοσ idiot".unicodeScalars))
        #expect(
            try normalized("Iİ", .none, folds: true, locale: "tr_TR") == Array("ıi".unicodeScalars))
        #expect(try normalized("I", .none, folds: true, locale: "sv") == ["i"])
        #expect(try normalized("ABC", .nfc, folds: true) == Array("abc".unicodeScalars))
    }

    @Test func illFormedBytesStay() throws {
        let tokenizer = try Tokenizer(spec: TokenizerSpec(level: .byte, normalization: .nfc))
        #expect(
            tokenizer.normalized([0x65, 0xFF, 0xCC, 0x81, 0x65, 0xCC, 0x81, 0xE2, 0x82])
                == [0x65, 0xFF, 0xCC, 0x81, 0xC3, 0xA9, 0xE2, 0x82])
    }

    /// A base and its mark on two sides of a block still compose.
    @Test func blocksDoNotShow() throws {
        let tokenizer = try Tokenizer(spec: TokenizerSpec(level: .byte, normalization: .nfc))
        for unit in ["e\u{301}", "\u{430}\u{306}", "\u{1112}\u{1161}\u{11AB}"] {
            let once = tokenizer.normalized(unit.utf8)
            let many = tokenizer.normalized(String(repeating: unit, count: 70_001).utf8)
            #expect(many == Array(repeatElement(once, count: 70_001).joined()))
        }
    }

    @Test(arguments: NormalizationForm.allCases, [false, true])
    func idempotentOnAllScalars(_ form: NormalizationForm, _ folds: Bool) throws {
        let tokenizer = try Tokenizer(
            spec: TokenizerSpec(level: .byte, normalization: form, caseFolding: folds))
        var text: [UInt8] = []
        for value in 0...0x10FFFF as ClosedRange<UInt32> {
            guard let scalar = Unicode.Scalar(value) else { continue }
            text += String(scalar).utf8
            text.append(0x0A)
        }
        let once = tokenizer.normalized(text)
        #expect(tokenizer.normalized(once) == once)
    }
}
