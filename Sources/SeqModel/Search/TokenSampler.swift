import CKernels
import Tensors

/// Draws a token from each row of logits.
struct TokenSampler {
    private let options: SamplingOptions
    private var uniforms: [Float] = []
    private var candidates: [Candidate] = []

    private struct Candidate {
        let token: Int32
        let weight: Float

        /// Whether it comes before another: the more probable first, the first of equals.
        static func precedes(_ a: Candidate, _ b: Candidate) -> Bool {
            (a.weight, b.token) > (b.weight, a.token)
        }
    }

    init(_ options: SamplingOptions) { self.options = options }

    /// For each row of `logits`, which are overwritten, an index drawn from softmax(logits / temperature), restricted to
    /// the top k and the top p; row r takes one number from stream `rows[r]`.
    mutating func draw(
        from logits: Tensor, rows: [Int], using streams: inout [RandomStream],
        into tokens: inout [Int32]
    ) {
        let (count, columns) = (logits.rows, logits.columns)
        ck_softmax_weights(
            logits.pointer, Int64(count), Int64(columns), 1 / options.temperature)
        uniforms.removeAll(keepingCapacity: true)
        for row in rows { uniforms.append(streams[row].uniform()) }
        guard options.topK != nil || options.topP != nil else {
            ck_draw_rows(&tokens, logits.pointer, uniforms, Int64(count), Int64(columns))
            return
        }
        for row in 0..<count {
            gather(from: logits.rows(row..<row + 1).buffer)
            tokens[row] = drawCandidate(uniforms[row])
        }
    }

    /// Leaves in `candidates` the tokens allowed by top k and top p, most probable first.
    private mutating func gather(from weights: UnsafeMutableBufferPointer<Float>) {
        candidates.removeAll(keepingCapacity: true)
        let total: Double
        if let k = options.topK {
            keepLargest(max(1, min(k, weights.count)), of: weights)
            total = candidates.reduce(0) { $0 + Double($1.weight) }
        } else {
            total = weights.reduce(0) { $0 + Double($1) }
            // All weights below this one together hold less than 1 − p: none of them is wanted.
            let floor =
                Double(1 - (options.topP ?? 1)) * total / Double(2 * max(1, weights.count))
            append(weights, from: Float(floor))
            candidates.sort(by: Candidate.precedes)
        }
        guard let p = options.topP else { return }
        var sum = 0.0
        let last = candidates.firstIndex {
            sum += Double($0.weight)
            return sum >= Double(p) * total
        }
        if let last { candidates.removeLast(candidates.count - last - 1) }
    }

    private mutating func append(_ weights: UnsafeMutableBufferPointer<Float>, from floor: Float) {
        for index in weights.indices where weights[index] >= floor {
            candidates.append(Candidate(token: Int32(index), weight: weights[index]))
        }
    }

    /// The k largest weights, most probable first, in one pass: of twice as many the lesser half falls out now and then.
    private mutating func keepLargest(_ k: Int, of weights: UnsafeMutableBufferPointer<Float>) {
        let room = max(2 * k, 64)
        var floor = -Float.infinity
        // A later one equal to the floor comes after the k there are.
        for index in weights.indices where weights[index] > floor {
            candidates.append(Candidate(token: Int32(index), weight: weights[index]))
            guard candidates.count == room else { continue }
            candidates.sort(by: Candidate.precedes)
            candidates.removeLast(room - k)
            floor = candidates[k - 1].weight
        }
        candidates.sort(by: Candidate.precedes)
        candidates.removeLast(max(0, candidates.count - k))
    }

    private func drawCandidate(_ uniform: Float) -> Int32 {
        var left = candidates.reduce(0.0) { $0 + Double($1.weight) } * Double(uniform)
        var last: Int32 = 0
        for candidate in candidates where candidate.weight > 0 {
            last = candidate.token
            left -= Double(candidate.weight)
            if left < 0 { break }
        }
        return last
    }
}
