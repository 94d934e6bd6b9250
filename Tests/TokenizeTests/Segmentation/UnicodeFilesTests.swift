import Testing

@testable import Tokenize

/// Unicode's own test files, every line of them.
@Suite(.enabled(if: UnicodeData.isExpected, "the files come with Debian's unicode-data"))
struct UnicodeFilesTests {
    @Test(arguments: [
        ("GraphemeBreakTest.txt", SegmentLevel.grapheme, 602), ("WordBreakTest.txt", .word, 1_823),
        ("SentenceBreakTest.txt", .sentence, 502),
    ])
    func breaks(_ name: String, _ level: SegmentLevel, _ lines: Int) throws {
        let contents = try UnicodeData.contents("auxiliary/\(name)")
        for path in [Segmenter.Path.tables, .reference] {
            let segmenter = try Segmenter(level, path: path)
            let result = try UnicodeCheck.breaks(contents, name: name, with: segmenter)
            #expect(result.failures == 0, "\(result.firstFailures)")
            // Of Unicode 15.0; other versions have other numbers of lines.
            if ICU.unicodeVersion == "15.0" { #expect(result.cases == lines) }
        }
    }

    @Test func normalization() throws {
        let contents = try UnicodeData.contents("NormalizationTest.txt")
        let result = try UnicodeCheck.normalization(contents, name: "NormalizationTest.txt")
        #expect(result.failures == 0, "\(result.firstFailures)")
        if ICU.unicodeVersion == "15.0" { #expect(result.cases == 19_074) }
    }

    @Test func caseFolding() throws {
        let contents = try UnicodeData.contents("CaseFolding.txt")
        let result = try UnicodeCheck.caseFolding(contents, name: "CaseFolding.txt")
        #expect(result.failures == 0, "\(result.firstFailures)")
        if ICU.unicodeVersion == "15.0" { #expect(result.cases == 1_530) }
    }
}
