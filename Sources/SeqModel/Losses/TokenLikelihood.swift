import CKernels
import Tensors

/// What a decoder says of a batch of known tokens.
public struct TokenLikelihood {
    /// log p(x) of each sequence, nats, end mark included, `[B]` in packed order.
    public let sequence: Variable

    /// log p of each token, nats, `[N]`.
    public let token: Tensor

    /// The most probable token at each place, `[N]`.
    public let best: UnsafeMutableBufferPointer<Int32>
}

extension Tape {
    /// log softmax(h Wᵀ + b) at the targets: the vocabulary projection fused with the cross entropy.
    ///
    /// Logits exist for a chunk of rows at a time, never as `[N, V]`. While a chunk lies in the cache its gradient
    /// is taken for ∂loss/∂log p = 1, rounded by the softmax itself where products are in bf16; the backward pass then
    /// needs one scaling when all sequences weigh the same, which is what a mean over a batch gives. For unequal weights
    /// it computes the logits again.
    ///
    /// - Parameters:
    ///   - h: states, `[N, H]`.
    ///   - weight: W, `[V, H]`.
    ///   - bias: b, `[V]`.
    ///   - targets: token ids, `[N]`, in place until the backward pass.
    public func tokenLikelihood(
        _ h: Variable, weight: Parameter, bias: Parameter,
        targets: UnsafePointer<Int32>, packing: Packing
    ) -> TokenLikelihood {
        let projection = VocabularyProjection(
            h: h, weight: weight, bias: bias, targets: targets, tape: self)
        let token = arena.tensor(Shape(packing.tokenCount))
        let best = arena.int32(packing.tokenCount)
        let unit = isRecording ? projection.makeGradients() : nil
        if let unit {
            let ones = arena.tensor(token.shape)
            ones.fill(1)
            projection.run(token: token, best: best, rowGradient: ones, into: unit)
        } else {
            projection.run(token: token, best: best, rowGradient: nil, into: nil)
        }
        let sequence = arena.tensor(Shape(packing.batchSize))
        for index in 0..<packing.batchSize {
            var sum = 0.0
            for time in 0..<Int(packing.lengths[index]) {
                sum += Double(token.pointer[packing.row(sequence: index, time: time)])
            }
            sequence.pointer[index] = Float(sum)
        }
        let variable = record(sequence) { [unowned self] gradient in
            guard var gradients = unit else { return }
            var scale = gradient[0]
            if !gradient.buffer.allSatisfy({ $0 == scale }) {
                let rowGradient = arena.tensor(token.shape)
                for row in 0..<packing.tokenCount {
                    rowGradient.pointer[row] = gradient.pointer[Int(packing.sequenceOfRow[row])]
                }
                gradients = projection.makeGradients()
                projection.run(token: token, best: best, rowGradient: rowGradient, into: gradients)
                scale = 1
            }
            accumulate(gradients.h, into: h, scale: scale)
            for (parameter, part) in [(weight, gradients.weight), (bias, gradients.bias)] {
                let target = parameter.accumulator()
                target.tensor.assign(scale, times: part, accumulate: target.accumulate)
            }
        }
        return TokenLikelihood(sequence: variable, token: token, best: best)
    }
}
