import Testing

@testable import Tokenize

@Suite struct SegmenterTests {
    private func pieces(_ text: String, _ segmenter: Segmenter) -> [String] {
        let bytes = Array(text.utf8)
        return segmenter.segments(of: bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test func levels() throws {
        let text = "Él👍🏽. Go\r\n!"
        #expect(pieces(text, try Segmenter(.word)) == ["Él", "👍🏽", ".", " ", "Go", "\r\n", "!"])
        #expect(pieces(text, try Segmenter(.sentence)) == ["Él👍🏽. ", "Go\r\n", "!"])
        #expect(pieces(text, try Segmenter(.line)) == ["Él", "👍🏽. ", "Go\r\n", "!"])
        #expect(
            pieces(text, try Segmenter(.grapheme))
                == ["É", "l", "👍🏽", ".", " ", "G", "o", "\r\n", "!"])
        #expect(pieces(text, try Segmenter(.scalar)) == text.unicodeScalars.map(String.init))
        #expect(try Segmenter(.byte).segments(of: text.utf8).count == text.utf8.count)
        for level in SegmentLevel.allCases {
            #expect(try Segmenter(level).segments(of: []) == [])
            #expect(try Segmenter(level).endsAtLineFeed)
        }
    }

    @Test func builtInRulesAreUnderstood() throws {
        for level in SegmentLevel.allCases {
            for locale in [nil, "sv", "ja", "el", "en_US_POSIX"] {
                for profile in SegmentationProfile.allCases {
                    let segmenter = try Segmenter(level, profile: profile, locale: locale)
                    #expect(segmenter.path == .tables, "\(level) \(locale ?? "")")
                }
            }
        }
        #expect(try Segmenter(.word, path: .reference).path == .reference)
        // A list of abbreviations filters sentences: no compiled rules stand behind that.
        let filtered = try Segmenter(.sentence, locale: "en@ss=standard")
        #expect(filtered.path == .reference)
        #expect(pieces("Mr. Fox ran. I sat.", filtered) == ["Mr. Fox ran. ", "I sat."])
    }

    @Test func statuses() throws {
        let worker = try Segmenter(.word, profile: .icu).makeWorker()
        var statuses: [Int32] = []
        Array("abc1 1a 12 ½ _ __ カ 漢 ไทย 한".utf8).withUnsafeBufferPointer { text in
            worker.forEachSegment(in: text) { range, status in
                if text[range.lowerBound] != 0x20 { statuses.append(status) }
            }
        }
        #expect(statuses == [100, 200, 100, 0, 0, 200, 400, 400, 200, 200])
    }

    @Test func illFormedBytes() throws {
        // Maximal subparts: F0 9F 98, and ED A0 80 in three.
        let bytes: [UInt8] = [0x61, 0xF0, 0x9F, 0x98, 0x62, 0xED, 0xA0, 0x80, 0xC3]
        let wanted = [0..<1, 1..<4, 4..<5, 5..<6, 6..<7, 7..<8, 8..<9]
        for level in [SegmentLevel.scalar, .grapheme, .word] {
            for path in [Segmenter.Path.tables, .reference] {
                #expect(try Segmenter(level, path: path).segments(of: bytes) == wanted)
            }
        }
    }

    @Test func sequencesCutOffAreHeldBack() throws {
        let emoji = Array("a😀".utf8)
        for level in [SegmentLevel.scalar, .grapheme, .word] {
            let worker = try Segmenter(level).makeWorker()
            for length in 2..<5 {
                emoji[..<length].withUnsafeBufferPointer { text in
                    withUnsafeTemporaryAllocation(of: Int.self, capacity: 8) { ends in
                        worker.begin(text, isLast: false)
                        #expect(worker.next(ends: ends) <= 1)
                        #expect(worker.next(ends: ends) == 0)
                        #expect(worker.position <= 1)
                        worker.begin(text)
                        #expect(worker.next(ends: ends) == 2)
                    }
                }
            }
        }
    }

    @Test func customRules() throws {
        let source = try Segmenter(rules: CustomRules.sourceCode)
        #expect(source.level == nil)
        #expect(source.path == .tables)
        #expect(source.endsAtLineFeed)
        #expect(
            pieces("x_1 = 3.14 // a b\ny", source)
                == ["x_1", " ", "=", " ", "3.14", " ", "// a b", "\n", "y"])
        let lookAhead = try Segmenter(rules: CustomRules.lookAhead)
        #expect(!lookAhead.endsAtLineFeed)
        #expect(pieces("ab\ncd.ef-gh", lookAhead) == ["ab\ncd", ".", "ef", "-", "gh"])
    }

    @Test func mistakesHaveAPlace() throws {
        func error(_ rules: String) -> TokenizeError? {
            do {
                _ = try Segmenter(rules: rules)
                return nil
            } catch { return error as? TokenizeError }
        }
        #expect(
            error("!!quoted_literals_only;\n.;\n$a = [\\p{Letter}];\n$b $a;")
                == .invalidRules(line: 4, column: 4, reason: "U_BRK_UNDEFINED_VARIABLE"))
        #expect(error("[a-")?.description.contains("line 1") == true)
        #expect(error("") == .invalidRules(line: 1, column: 0, reason: "there are no rules"))
        #expect(throws: TokenizeError.self) { try Segmenter(.word, locale: "no such locale!") }
    }

    /// ICU treats marks common to kana and other scripts by what it has loaded before.
    @Test func resultsDoNotDependOnWhatCameBefore() throws {
        let text = "ーー東京タワーｰｰー"
        let first = try Segmenter(.word).segments(of: text.utf8)
        _ = try Segmenter(.word).segments(of: "東京都に住む ไทยไทย".utf8)
        #expect(try Segmenter(.word).segments(of: text.utf8) == first)
        #expect(try Segmenter(.word, path: .reference).segments(of: text.utf8) == first)
    }

    /// What is remembered of dictionary runs is dropped when it is too much, and comes back the same.
    @Test func memoryOfRunsIsBounded() throws {
        let worker = try Segmenter(.word).makeWorker()
        var generator = SeededGenerator(4)
        var bytes: [UInt8] = []
        for _ in 0..<60_000 {
            for _ in 0..<Int.random(in: 4...9, using: &generator) {
                let scalar = UInt32.random(in: 0x0E01...0x0E30, using: &generator)
                bytes += String(Unicode.Scalar(scalar) ?? "ก").utf8
            }
            bytes.append(0x20)
        }
        let first = FuzzTests.boundaries(worker, bytes, room: 4096)
        #expect(FuzzTests.boundaries(worker, bytes, room: 1000) == first)
        let icu = try Segmenter(.word, path: .reference).makeWorker()
        #expect(FuzzTests.boundaries(icu, bytes, room: 4096) == first)
    }
}
