import Foundation
import Tensors

/// Draws a token from logits.
struct TokenSampler {
    private let options: SamplingOptions

    init(_ options: SamplingOptions) { self.options = options }

    /// An index drawn from softmax(logits / temperature), restricted to the top k and the top p.
    func draw(
        from logits: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
    ) -> Int {
        let largest = logits[logits.indexOfLargest]
        for index in logits.indices {
            logits[index] = exp((logits[index] - largest) / options.temperature)
        }
        let candidates = restricted(logits)
        var total = 0.0
        if let candidates {
            for index in candidates { total += Double(logits[index]) }
        } else {
            for weight in logits { total += Double(weight) }
        }
        var left = Double(random.uniform()) * total
        var last = 0
        for index in candidates ?? Array(logits.indices) where logits[index] > 0 {
            last = index
            left -= Double(logits[index])
            if left < 0 { break }
        }
        return last
    }

    /// The indices allowed by top k and top p, most probable first; nil for all.
    private func restricted(_ weights: UnsafeMutableBufferPointer<Float>) -> [Int]? {
        guard options.topK != nil || options.topP != nil else { return nil }
        var order = weights.indices.sorted {
            (weights[$0], $1) > (weights[$1], $0)
        }
        if let k = options.topK { order.removeLast(max(0, order.count - max(1, k))) }
        if let p = options.topP {
            let total = order.reduce(0.0) { $0 + Double(weights[$1]) }
            var sum = 0.0
            let count = order.firstIndex { index in
                sum += Double(weights[index])
                return sum >= Double(p) * total
            }
            if let count { order.removeLast(order.count - count - 1) }
        }
        return order
    }
}
