import Foundation
import Testing

@testable import Training

/// Words as letters: "a b" and so on.
private func texts(_ lines: String...) -> [[UInt8]] { lines.map { Array($0.utf8) } }

@Suite struct NGramModelTests {
    /// Bigrams of "a b" and "a b a", by hand.
    ///
    /// Bigrams: ⊢a 2, ab 2, b⊣ 1, ba 1, a⊣ 1, so n₁ = 3, n₂ = 2 and D₂ = 3/7. Unigrams count distinct words before:
    /// a {⊢, b} 2, b {a} 1, ⊣ {b, a} 2, so n₁ = 1, n₂ = 2 and D₁ = 1/5; their total is 5, of 3 kinds. V = 2 + 2.
    @Test func bigramsByHand() {
        var words = NGramVocabulary()
        words.add(texts("a b", "a b a"))
        #expect(words.size == 4)
        let model = NGramModel(
            texts("a b", "a b a").map(words.sentence), order: 2, vocabularySize: words.size)
        let s = words.sentence(Array("a b z".utf8))
        let (begin, a, b, unknown, end) = (s[0], s[1], s[2], s[3], s[4])
        let uniform = 0.25 * (0.2 * 3 / 5)
        let (pa, pb, pend) = (1.8 / 5 + uniform, 0.8 / 5 + uniform, 1.8 / 5 + uniform)
        let d = 3.0 / 7
        func expect(_ word: Int32, after history: [Int32], _ want: Double) {
            let got = model.probability(of: word, after: history[...])
            #expect(abs(got - want) < 1e-12, "\(word) after \(history): \(got), want \(want)")
        }
        expect(unknown, after: [], uniform)
        expect(a, after: [], pa)
        // ⊢ is followed by a alone, twice.
        expect(a, after: [begin], (2 - d) / 2 + d / 2 * pa)
        expect(b, after: [begin], d / 2 * pb)
        // a is followed by b twice and ⊣ once.
        expect(b, after: [begin, a], (2 - d) / 3 + d * 2 / 3 * pb)
        expect(end, after: [a], (1 - d) / 3 + d * 2 / 3 * pend)
        expect(unknown, after: [a], d * 2 / 3 * uniform)
        // A word never followed by anything says nothing.
        expect(a, after: [unknown], pa)
        let expected = [
            (2 - d) / 2 + d / 2 * pa, (2 - d) / 3 + d * 2 / 3 * pb,
            (1 - d) / 2 + d * 2 / 2 * pend,
        ].reduce(0) { $0 - log($1) }
        let perplexity = model.perplexity(of: [words.sentence(Array("a b".utf8))])
        #expect(abs((perplexity ?? 0) - exp(expected / 3)) < 1e-9)
        #expect(model.perplexity(of: []) == nil)
    }

    /// A trigram that does not begin a sentence counts its occurrences; the bigram below it counts words before.
    @Test func lowerOrdersCountWhatStandsBefore() {
        var words = NGramVocabulary()
        let corpus = texts("x a b", "x a b", "y a b", "y a c")
        words.add(corpus)
        let model = NGramModel(corpus.map(words.sentence), order: 3, vocabularySize: words.size)
        let s = words.sentence(Array("x y a b c".utf8))
        let (a, b, c) = (s[3], s[4], s[5])
        // After "a" with an unknown word before: b has {x, y} before "a b", c has {y}.
        let pb = model.probability(of: b, after: [NGramVocabulary.unknown, a])
        let pc = model.probability(of: c, after: [NGramVocabulary.unknown, a])
        #expect(pb > pc)
        // Equal to the bigram alone: A(a) = 3, followers 2.
        #expect(pb == model.probability(of: b, after: [a]))
    }

    @Test(arguments: [2, 3, 5]) func sumsToOne(order: Int) {
        var words = NGramVocabulary()
        let corpus = texts("a b c a", "a b", "c c a b", "b", "")
        words.add(corpus)
        let model = NGramModel(
            corpus.map(words.sentence), order: order, vocabularySize: words.size)
        let s = words.sentence(Array("a b c zz".utf8))
        let (a, b, c) = (s[1], s[2], s[3])
        for history in [[], [s[0]], [s[0], a], [a, b], [c, c, a], [b, a, c, a], [s[4]]] {
            let total = [a, b, c, NGramVocabulary.end, NGramVocabulary.unknown].reduce(0.0) {
                $0 + model.probability(of: $1, after: history[...])
            }
            #expect(abs(total - 1) < 1e-12, "after \(history): \(total)")
        }
    }
}

@Suite struct SampleReportTests {
    private func diversity(_ samples: [[Int32]]) -> SampleDiversity { SampleDiversity(samples) }

    @Test func doublesAreSelfBLEUOne() {
        let same: [Int32] = [3, 4, 5, 6, 7]
        let found = diversity([same, same, same])
        #expect(abs(found.selfBLEU - 1) < 1e-12)
        // 5, 4, 3 and 2 kinds of 15, 12, 9 and 6.
        #expect(found.distinct.allSatisfy { abs($0 - 1.0 / 3) < 1e-12 })
    }

    @Test func nothingInCommonIsZero() {
        let found = diversity([[3, 4, 5, 6], [7, 8, 9, 10]])
        #expect(found.selfBLEU == 0)
        #expect(found.distinct == [1, 1, 1, 1])
    }

    /// Two samples, 3 4 5 6 3 and 3 4 5 6 7: 4 of 5 unigrams each (a second 3 has no partner), 3 of 4, 2 of 3 and 1 of 2.
    @Test func selfBLEUByHand() {
        let found = diversity([[3, 4, 5, 6, 3], [3, 4, 5, 6, 7]])
        let precision = (log(0.8) + log(0.75) + log(2.0 / 3) + log(0.5)) / 4
        #expect(abs(found.selfBLEU - exp(precision)) < 1e-12)
    }

    /// References of 6 words against samples of 5: the nearest other length counts.
    @Test func brevityTakesTheNearestOther() {
        let found = diversity([[3, 4, 5, 6, 7], [3, 4, 5, 6, 7, 8], [3, 4, 5, 6, 7, 8]])
        // All of the first are in the others; of the others all are in each other. c = 17, r = 6 + 6 + 6.
        #expect(abs(found.selfBLEU - exp(1 - 18.0 / 17)) < 1e-12)
    }

    @Test func report() throws {
        let training = texts("a b c d e", "b c d e f", "a a b b c c")
        let report = SampleReport(
            samples: texts("a b c d e", "a b c d e", "c d e f a"), training: training,
            heldOut: texts("b c d e a"), order: 3)
        #expect(report.samples == 3 && report.sampleWords == 18 && report.heldOutWords == 6)
        #expect(report.vocabulary == 8)
        #expect(abs(report.copiedShare - 2.0 / 3) < 1e-12)
        #expect(abs(report.distinctSamples - 2.0 / 3) < 1e-12)
        let forward = try #require(report.forwardPerplexity)
        let odd = SampleReport(
            samples: texts("e c a d b"), training: training, heldOut: texts("b c d e a"), order: 3)
        #expect(try #require(odd.forwardPerplexity) > forward)
        #expect(try #require(odd.reversePerplexity) > #require(report.reversePerplexity))
        #expect(odd.heldOutPerplexity == report.heldOutPerplexity)
        #expect(try report.json().contains(#""self_bleu":"#))
    }
}
