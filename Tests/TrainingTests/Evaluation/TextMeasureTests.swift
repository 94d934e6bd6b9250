import Foundation
import Testing

@testable import Training

@Suite struct TextMeasureTests {
    @Test(arguments: [
        ("", "", 0), ("kitten", "sitting", 3), ("abc", "", 3), ("flaw", "lawn", 2),
        ("intention", "execution", 5), ("aaa", "aa", 1), ("ab", "ba", 2),
    ])
    func editDistance(a: String, b: String, distance: Int) {
        #expect(EditDistance.between(Array(a), Array(b)) == distance)
        #expect(EditDistance.between(Array(b), Array(a)) == distance)
    }

    @Test func similarity() {
        #expect(EditDistance.similarity([Int](), []) == 1)
        #expect(EditDistance.similarity([1, 2, 3, 4], [1, 9, 3]) == 0.5)
        #expect(EditDistance.similarity([1], []) == 0)
    }

    /// White-space fields give languages without spaces no n-grams; Unicode's words do.
    @Test func wordsOfLanguagesWithoutSpaces() throws {
        let japanese = Array("私は学校へ行きます。".utf8)
        let pieces = try TextPieces()
        #expect(TextPieces.fields(japanese).count == 1)
        #expect(pieces.words(japanese).count >= 5)
        var scores = try ReconstructionScores()
        scores.add(candidate: japanese, reference: japanese, isExact: true)
        var report = EvaluationReport()
        scores.fill(&report)
        #expect(report.bleu == 0)
        #expect(report.bleuUnicodeWords == 1)
        #expect(report.editSimilarity == 1 && report.exactMatch == 1)
    }

    /// One flag, one letter with a mark and one emoji family are three characters.
    @Test func similarityIsOverGraphemes() throws {
        var scores = try ReconstructionScores()
        scores.add(
            candidate: Array("🇸🇪e\u{301}👨‍👩‍👧".utf8), reference: Array("🇸🇪e👨‍👩‍👧".utf8), isExact: false)
        var report = EvaluationReport()
        scores.fill(&report)
        #expect(abs((report.editSimilarity ?? 0) - 2.0 / 3) < 1e-12)
        #expect(report.exactMatch == 0)
    }

    @Test func wordsLeaveOutWhiteSpace() throws {
        let words = try TextPieces().words(Array("It's  done, now.".utf8))
        #expect(
            words.map { String(decoding: $0, as: UTF8.self) } == ["It's", "done", ",", "now", "."])
    }

    @Test(arguments: [
        (CodeAgreement.Edit.letterCase, "Two Dogs.", "two dogs."), (.letterCase, "dogs", "Dogs"),
        (.letterCase, "犬", "犬"), (.finalPunctuation, "dogs run .", "dogs run"),
        (.finalPunctuation, "Dogs!", "Dogs"), (.finalPunctuation, "犬。", "犬"),
        (.finalPunctuation, "dogs", "dogs."), (.finalPunctuation, "", ""),
        (.doubleSpace, "a b c", "a  b  c"), (.doubleSpace, "a", "a"),
    ])
    func edits(edit: CodeAgreement.Edit, text: String, edited: String) {
        #expect(Array(edit(text).utf8) == Array(edited.utf8))
    }
}
