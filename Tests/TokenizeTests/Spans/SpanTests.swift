import Testing

@testable import Tokenize

@Suite struct SpanTests {
    private func spans(
        _ text: String, _ spec: TokenizerSpec, _ unit: OffsetUnit, tokens: [String] = []
    ) throws -> [Range<Int>] {
        let tokenizer = try Tokenizer(spec: spec, tokens: tokens.map { Array($0.utf8) })
        let (tokenIDs, spans) = tokenizer.encodeWithSpans(text.utf8, unit: unit)
        #expect(tokenIDs == tokenizer.encode(text))
        #expect(spans.count == tokenIDs.count)
        return spans
    }

    @Test func unitsOfPlainText() throws {
        let spec = TokenizerSpec(level: .word)
        let tokens = ["naïve", " 👍", "é"]
        // n a ï v e, space, 👍 (4 bytes, 2 units), é
        #expect(try spans("naïve 👍é", spec, .utf8, tokens: tokens) == [0..<6, 6..<11, 11..<13])
        #expect(try spans("naïve 👍é", spec, .utf16, tokens: tokens) == [0..<5, 5..<8, 8..<9])
        #expect(try spans("naïve 👍é", spec, .scalar, tokens: tokens) == [0..<5, 5..<7, 7..<8])
    }

    @Test func byteTokensHaveTheWholeScalar() throws {
        let spec = TokenizerSpec(level: .byte)
        #expect(try spans("a👍", spec, .utf16) == [0..<1, 1..<3, 1..<3, 1..<3, 1..<3])
        #expect(try spans("a👍", spec, .scalar) == [0..<1, 1..<2, 1..<2, 1..<2, 1..<2])
        #expect(try spans("a👍", spec, .utf8) == [0..<1, 1..<2, 2..<3, 3..<4, 4..<5])
    }

    @Test(arguments: [
        // ﬁ becomes two letters, both of all of it.
        (
            "xﬁy", NormalizationForm.nfkc, false, ["x", "f", "i", "y"],
            [0..<1, 1..<2, 1..<2, 2..<3]
        ),
        // U+1FBD becomes a space and a mark, one cluster.
        ("a\u{1FBD}b", .nfkc, false, ["a", " \u{313}", "b"], [0..<1, 1..<2, 2..<3]),
        // U+30FF becomes two kana.
        ("\u{30FF}x", .nfkc, false, ["コ", "ト", "x"], [0..<1, 0..<1, 1..<2]),
        // Folding İ gives i and a dot.
        ("aİb", .none, true, ["a", "i\u{307}", "b"], [0..<1, 1..<2, 2..<3]),
        // Conjoining jamo become one syllable.
        ("x\u{1112}\u{1161}\u{11AB}y", .nfc, false, ["x", "한", "y"], [0..<1, 1..<4, 4..<5]),
        // A composed letter comes apart, but stays one cluster.
        ("xéy", .nfd, false, ["x", "e\u{301}", "y"], [0..<1, 1..<2, 2..<3]),
        // ß becomes ss.
        ("aßb", .none, true, ["a", "s", "s", "b"], [0..<1, 1..<2, 1..<2, 2..<3]),
    ])
    func normalizedCharacters(
        _ text: String, _ form: NormalizationForm, _ folds: Bool, _ tokens: [String],
        _ wanted: [Range<Int>]
    ) throws {
        let spec = TokenizerSpec(level: .character, normalization: form, caseFolding: folds)
        let entries = tokens.filter { $0.utf8.count > 1 }
        let tokenizer = try Tokenizer(spec: spec, tokens: entries.map { Array($0.utf8) })
        #expect(tokenizer.tokens(text) == tokens)
        #expect(tokenizer.encodeWithSpans(text.utf8, unit: .scalar).spans == wanted)
    }

    @Test func whatIsRemovedHasNoSpan() throws {
        let spec = TokenizerSpec(level: .character, normalization: .nfkcCasefold)
        #expect(try spans("\u{AD}", spec, .utf8) == [])
        let cut = try spans("a\u{AD}b", spec, .scalar)
        #expect(cut.first?.lowerBound == 0)
        #expect(cut.last?.upperBound == 3)
    }

    @Test(arguments: [
        (NormalizationForm.none, false), (.nfc, false), (.nfd, true), (.nfkc, true),
        (.nfkd, false), (.nfkcCasefold, false), (.none, true),
    ])
    func spansHoldTheirTokens(_ form: NormalizationForm, _ folds: Bool) throws {
        var generator = SeededGenerator(31)
        for level in TokenLevel.allCases {
            let spec = TokenizerSpec(level: level, normalization: form, caseFolding: folds)
            let tokenizer = try trained(spec, on: samples)
            let texts =
                samples.map { Array($0.utf8) } + illFormed
                + (0..<200).map { _ in randomBytes(&generator, length: 30) }
            for text in texts {
                let (tokenIDs, spans) = tokenizer.encodeWithSpans(text)
                #expect(tokenIDs == tokenizer.encode(bytes: text))
                #expect(spans.count == tokenIDs.count)
                #expect(spans.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= text.count })
                for (left, right) in zip(spans, spans.dropFirst()) {
                    #expect(left.lowerBound <= right.lowerBound)
                    #expect(left.upperBound <= right.upperBound)
                }
                // All text up to the end of a token, normalized by itself, ends in the token.
                guard level == .character, form == .none, !folds else { continue }
                for (tokenID, span) in zip(tokenIDs, spans) {
                    #expect(tokenizer.bytes(of: tokenID) == Array(text[span]))
                }
            }
        }
    }

    @Test func alignmentJoinsUp() throws {
        var generator = SeededGenerator(37)
        for form in NormalizationForm.allCases {
            for folds in [false, true] {
                let spec = TokenizerSpec(level: .byte, normalization: form, caseFolding: folds)
                let normalizer = try Normalizer(spec)
                for _ in 0..<400 {
                    let text = randomBytes(&generator, length: 20)
                    text.withUnsafeBufferPointer { bytes in
                        let alignment = Alignment(bytes, spec, normalizer)
                        let whole = Array(normalizer.normalize(bytes))
                        #expect(alignment.normalized == whole)
                        #expect(alignment.stretches.last?.originalEnd ?? 0 == text.count)
                        #expect(alignment.stretches.last?.normalizedEnd ?? 0 == whole.count)
                        // The fall-back "from all of it" would be one stretch that changed.
                        var start = (0, 0)
                        for stretch in alignment.stretches {
                            if stretch.isUnchanged {
                                #expect(
                                    text[start.0..<stretch.originalEnd]
                                        == whole[start.1..<stretch.normalizedEnd])
                            }
                            start = (stretch.originalEnd, stretch.normalizedEnd)
                        }
                    }
                }
            }
        }
    }

    @Test func specialTokensWhereTheyAreAllowed() throws {
        let tokenizer = try trained(TokenizerSpec(level: .word), on: ["hello <bos>"])
        let encoder = SpecialEncoder(tokenizer)
        let text = Array("<bos>héllo <eos><eo".utf8)
        var tokenIDs: [Int32] = []
        var spans: [Range<Int>] = []
        text.withUnsafeBufferPointer {
            encoder.encode($0, unit: .scalar, into: &tokenIDs, spans: &spans)
        }
        #expect(tokenIDs.first == tokenizer.bos)
        #expect(tokenIDs.filter { $0 == tokenizer.eos }.count == 1)
        #expect(spans.first == 0..<5)
        #expect(spans[tokenIDs.firstIndex(of: tokenizer.eos) ?? 0] == 11..<16)
        #expect(spans.last == 18..<19)
        #expect(try tokenizer.decodeString(tokenIDs) == "héllo <eo")
        #expect(!tokenizer.encode(bytes: text).contains { $0 < 2 })
    }

    @Test func scalarsOfAnyBytes() {
        var generator = SeededGenerator(41)
        for _ in 0..<3000 {
            let text = randomBytes(&generator, length: 12)
            var shown: [UInt32] = []
            text.withUnsafeBufferPointer { bytes in
                var offset = 0
                while offset < bytes.count {
                    let shape = bytes.scalarLength(at: offset)
                    shown.append(shape.value ?? 0xFFFD)
                    offset += shape.length
                }
            }
            let wanted = String(decoding: text, as: UTF8.self).unicodeScalars.map(\.value)
            #expect(shown == wanted, "\(text)")
        }
    }
}
