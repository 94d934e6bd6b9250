import Foundation

/// Corpus BLEU-4 (Papineni et al.
///
/// 2002): the geometric mean of clipped n-gram precisions, n = 1 … 4, times a brevity penalty; one
/// reference a sentence, no smoothing.
///
///     BLEU = min(1, exp(1 − r/c)) · exp(¼ Σₙ log(matchesₙ / totalₙ))
public struct BLEU: Sendable {
    private var matches = [Int](repeating: 0, count: 4)
    private var totals = [Int](repeating: 0, count: 4)
    private var candidateLength = 0
    private var referenceLength = 0

    /// No sentences yet.
    public init() {}

    /// Adds a sentence, both sides as tokens.
    public mutating func add<Token: Hashable>(candidate: [Token], reference: [Token]) {
        candidateLength += candidate.count
        referenceLength += reference.count
        for order in 1...4 {
            var left = BLEU.counts(of: reference, order)
            totals[order - 1] += max(0, candidate.count - order + 1)
            for gram in BLEU.grams(of: candidate, order) {
                guard let count = left[gram], count > 0 else { continue }
                left[gram] = count - 1
                matches[order - 1] += 1
            }
        }
    }

    /// The score, 0 … 1; 0 when some order has no match.
    public var score: Double {
        guard candidateLength > 0, matches.allSatisfy({ $0 > 0 }) else { return 0 }
        let precision = zip(matches, totals).reduce(0.0) {
            $0 + log(Double($1.0) / Double($1.1)) / 4
        }
        return exp(min(0, 1 - Double(referenceLength) / Double(candidateLength)) + precision)
    }

    private static func grams<Token: Hashable>(
        of tokens: [Token], _ order: Int
    ) -> [ArraySlice<Token>] {
        guard tokens.count >= order else { return [] }
        return (0...tokens.count - order).map { tokens[$0..<$0 + order] }
    }

    private static func counts<Token: Hashable>(
        of tokens: [Token], _ order: Int
    ) -> [ArraySlice<Token>: Int] {
        grams(of: tokens, order).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}
