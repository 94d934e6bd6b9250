import Foundation
import TestSupport

@testable import SeqModel
@testable import Tensors

/// A decoder whose next-token probabilities are written down as a function of what came before.
final class TableDecoder: DecoderState {
    private let arena = Arena()
    private let probabilities: ([Int32]) -> [Double]
    private var prefixes: [[Int32]]
    private(set) var stepCount = 0

    /// `count` sequences under one law; prefixes hold no start mark.
    init(count: Int, probabilities: @escaping ([Int32]) -> [Double]) {
        self.probabilities = probabilities
        prefixes = [[Int32]](repeating: [], count: count)
    }

    func step(_ tokens: [Int32]) -> Tensor {
        precondition(tokens.count == prefixes.count)
        if stepCount > 0 { for row in tokens.indices { prefixes[row].append(tokens[row]) } }
        stepCount += 1
        arena.reset()
        let rows = prefixes.map { probabilities($0).map { Float(log($0)) } }
        let logits = arena.tensor(Shape(rows.count, rows.first?.count ?? 0))
        for (index, value) in rows.flatMap({ $0 }).enumerated() { logits[index] = value }
        return logits
    }

    func select(_ rows: [Int]) { prefixes = rows.map { prefixes[$0] } }
}

/// A law over `vocabulary` tokens that differs for every beginning.
func scrambledLaw(vocabulary: Int, seed: UInt64) -> ([Int32]) -> [Double] {
    { prefix in
        let hash = prefix.reduce(seed) { ($0 &* 31 &+ UInt64($1) &+ 7) &* 0x9E37_79B9_7F4A_7C15 }
        let weights = sampleValues(vocabulary, seed: hash).map { exp(3 * $0) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }
}
