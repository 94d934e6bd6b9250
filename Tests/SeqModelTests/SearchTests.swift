import Foundation
import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// Greedy and beam search over laws that can be enumerated: 0 is the start mark, 1 the end mark.
@Suite struct SearchTests {
    private func search(_ strategy: SearchStrategy, maximumLength: Int) -> Search {
        Search(strategy: strategy, bos: 0, eos: 1, maximumLength: maximumLength)
    }

    private func run(
        _ strategy: SearchStrategy, _ law: @escaping ([Int32]) -> [Double], count: Int = 1,
        maximumLength: Int = 4
    ) -> [[Int32]] {
        search(strategy, maximumLength: maximumLength)(
            TableDecoder(count: count, probabilities: law), count: count
        ) { RandomStream(seed: 1, "search").stream($0) }
    }

    /// The law with the start mark ruled out.
    private func allowed(_ probabilities: [Double]) -> [Double] {
        let total = probabilities.reduce(0, +) - probabilities[0]
        return probabilities.indices.map { $0 == 0 ? 0 : probabilities[$0] / total }
    }

    private func greedy(_ law: ([Int32]) -> [Double], maximumLength: Int) -> [Int32] {
        var tokens: [Int32] = []
        while tokens.count < maximumLength {
            let row = allowed(law(tokens))
            let best = row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
            if best == 1 { break }
            tokens.append(Int32(best))
        }
        return tokens
    }

    /// The best sequence that ends within the given number of steps, by trying them all.
    private func optimum(
        _ law: ([Int32]) -> [Double], steps: Int, penalty: Double
    ) -> (tokens: [Int32], score: Double) {
        var best: (tokens: [Int32], score: Double) = ([], -.infinity)
        func visit(_ tokens: [Int32], _ logProbability: Double) {
            guard tokens.count < steps else { return }
            let row = allowed(law(tokens))
            let score = (logProbability + log(row[1])) / pow(Double(tokens.count + 1), penalty)
            if score > best.score { best = (tokens, score) }
            for token in 2..<row.count {
                visit(tokens + [Int32(token)], logProbability + log(row[token]))
            }
        }
        visit([], 0)
        return best
    }

    @Test(arguments: 0..<40) func greedyTakesTheLargest(seed: Int) {
        let law = scrambledLaw(vocabulary: 6, seed: UInt64(seed))
        let expected = greedy(law, maximumLength: 9)
        #expect(run(.greedy, law, count: 3, maximumLength: 9) == [expected, expected, expected])
    }

    @Test(arguments: 0..<40) func aBeamOfOneIsGreedy(seed: Int) {
        let law = scrambledLaw(vocabulary: 6, seed: UInt64(seed))
        #expect(
            run(.beam(width: 1, lengthPenalty: 0), law, maximumLength: 9)
                == [greedy(law, maximumLength: 9)])
    }

    @Test(arguments: 0..<40, [Float(0), 0.6, 1]) func aWideBeamFindsTheOptimum(
        seed: Int, penalty: Float
    ) {
        // 3 tokens beside the marks: at most 3³ open beginnings within 4 steps.
        let law = scrambledLaw(vocabulary: 5, seed: UInt64(seed))
        let exact = optimum(law, steps: 4, penalty: Double(penalty))
        #expect(
            run(.beam(width: 81, lengthPenalty: penalty), law, count: 2) == [
                exact.tokens, exact.tokens,
            ])
    }

    /// Two beams see past a first step that greedy search falls for.
    @Test func aBeamFindsWhatGreedyMisses() {
        let law = { (prefix: [Int32]) -> [Double] in
            switch prefix.first {
            case nil: [0, 0.01, 0.59, 0.4]
            case 3: [0, 0.98, 0.01, 0.01]
            default: [0, 0.4, 0.3, 0.3]
            }
        }
        #expect(run(.greedy, law) == [[2]])
        #expect(run(.beam(width: 2, lengthPenalty: 0), law) == [[3]])
        #expect(optimum(law, steps: 4, penalty: 0).tokens == [3])
    }

    /// A length penalty prefers a longer sequence whose tokens are each more probable.
    @Test func lengthPenalty() {
        let law = { (prefix: [Int32]) -> [Double] in
            prefix.isEmpty ? [0, 0.5, 0.5] : prefix.count < 3 ? [0, 0.2, 0.8] : [0, 0.99, 0.01]
        }
        #expect(run(.beam(width: 4, lengthPenalty: 0), law, maximumLength: 5) == [[]])
        #expect(run(.beam(width: 4, lengthPenalty: 1), law, maximumLength: 5) == [[2, 2, 2]])
    }

    static let strategies: [SearchStrategy] = [
        .greedy, .sample(SamplingOptions()), .sample(SamplingOptions(temperature: 100)),
        .sample(SamplingOptions(topK: 50)), .beam(width: 1, lengthPenalty: 0),
        .beam(width: 2, lengthPenalty: 0), .beam(width: 3, lengthPenalty: 1),
        .beam(width: 16, lengthPenalty: 0.6),
    ]

    /// The start mark is the likeliest by far, and still never comes, even when beams outnumber tokens.
    @Test(arguments: strategies, 3...5) func theStartMarkIsNeverProduced(
        strategy: SearchStrategy, vocabulary: Int
    ) {
        for ending in [0.0, 1e-6, 0.05] {
            let law = { (prefix: [Int32]) -> [Double] in
                let rest = (0.1 - ending) / Double(vocabulary - 2)
                return [0.9, ending] + [Double](repeating: rest, count: vocabulary - 2)
            }
            for tokens in run(strategy, law, count: 20, maximumLength: 6) {
                #expect(tokens.count <= 6)
                #expect(tokens.allSatisfy { $0 >= 2 && $0 < vocabulary })
            }
        }
    }

    @Test(arguments: strategies, [0, 1, 5]) func theMaximumLengthHolds(
        strategy: SearchStrategy, length: Int
    ) {
        let endless = { (_: [Int32]) -> [Double] in [0, 0, 0.5, 0.5] }
        let results = run(strategy, endless, count: 4, maximumLength: length)
        #expect(results.count == 4 && results.allSatisfy { $0.count == length })
        let silent = { (_: [Int32]) -> [Double] in [0, 1, 0, 0] }
        let empty = run(strategy, silent, count: 4, maximumLength: length)
        #expect(empty == [[], [], [], []])
    }

    @Test(arguments: strategies) func noRows(strategy: SearchStrategy) {
        #expect(run(strategy, { _ in [0, 1] }, count: 0).isEmpty)
    }

    /// A state is not asked for more steps than sequences need.
    @Test func stopsWhenAllHaveEnded() {
        let law = { (prefix: [Int32]) -> [Double] in
            prefix.count < 2 ? [0, 0.1, 0.9] : [0, 0.9, 0.1]
        }
        for strategy in [SearchStrategy.greedy, .beam(width: 1, lengthPenalty: 0)] {
            let state = TableDecoder(count: 3, probabilities: law)
            let results = search(strategy, maximumLength: 50)(state, count: 3) {
                RandomStream(seed: 1, "unused").stream($0)
            }
            #expect(results == [[2, 2], [2, 2], [2, 2]] && state.stepCount == 3)
        }
    }
}
