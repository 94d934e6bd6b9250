import Foundation
import Testing

@testable import Tokenize

/// `TEXTVAE_FULL_TESTS=1` checks a million strings and a line of 64 MB.
private let isFull = ProcessInfo.processInfo.environment["TEXTVAE_FULL_TESTS"] == "1"

@Suite struct CheckTests {
    @Test(arguments: RoundTripTests.tokenizers) func roundTrip(_ tokenizer: Tokenizer) {
        var check = RoundTripCheck(tokenizer, name: "all")
        var generator = SeededGenerator(1)
        check.checkRandomStrings(isFull ? 1_000_000 : 10_000, using: &generator)
        check.checkLine(isFull ? 64_000_000 : 300_000, using: &generator)
        #expect(check.result.cases == (isFull ? 1_000_001 : 10_001))
        #expect(check.result.failures == 0, "\(check.result.firstFailures)")
    }

    @Test func failuresAreNoticed() throws {
        let lossy = try trained(TokenizerSpec(level: .whitespace), on: ["a b"])
        var check = RoundTripCheck(lossy, name: "words")
        for text in ["a b", "a  b", "a c"] {
            Array(text.utf8).withUnsafeBufferPointer { check.check($0) }
        }
        #expect(check.result.cases == 3)
        #expect(check.result.failures == 2)
        #expect(check.result.firstFailures.count == 2)
    }

    @Test func breakLines() throws {
        let segmenter = try Segmenter(.word)
        let file = "# comment\n÷ 0061 × 0062 ÷ 0020 ÷ # ok\n÷ 0061 ÷ 0062 ÷\n"
        let result = try UnicodeCheck.breaks(Array(file.utf8), name: "f", with: segmenter)
        #expect(result.cases == 2)
        #expect(result.failures == 1)
        #expect(result.firstFailures.first?.hasPrefix("line 3") == true)
        for bad in ["÷ 00XY ÷", "÷ D800 ÷", "÷ 110000 ÷"] {
            #expect(throws: TokenizeError.self) {
                try UnicodeCheck.breaks(Array(bad.utf8), name: "f", with: segmenter)
            }
        }
    }

    @Test func foldingLines() throws {
        let file = "0041; C; 0061; #\n00DF; F; 0073 0073; #\n0042; C; 0042; #\n0130; T; 0069; #\n"
        let result = try UnicodeCheck.caseFolding(Array(file.utf8), name: "f")
        #expect(result.cases == 3)
        #expect(result.failures == 1)
        #expect(throws: TokenizeError.self) {
            try UnicodeCheck.caseFolding(Array("0041; C".utf8), name: "f")
        }
    }

    @Test func normalizationLines() throws {
        let file =
            "@Part1 # c\n1E0A;1E0A;0044 0307;1E0A;0044 0307; # x\n1E0B;0064;0064;0064;0064;\n"
        let result = try UnicodeCheck.normalization(Array(file.utf8), name: "f")
        #expect(result.cases == 2)
        // The second line is wrong, and thousands of scalars are not listed.
        #expect(result.failures > 1000)
        #expect(result.firstFailures.first?.hasPrefix("line 3") == true)
        #expect(throws: TokenizeError.self) {
            try UnicodeCheck.normalization(Array("0041;0041".utf8), name: "f")
        }
    }
}
