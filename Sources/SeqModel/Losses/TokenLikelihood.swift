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
    /// is taken for ∂loss/∂log p = 1; the backward pass then needs one scaling when all sequences weigh the same,
    /// which is what a mean over a batch gives. For unequal weights it computes the logits again.
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

/// The chunked products behind ``Tape/tokenLikelihood(_:weight:bias:targets:packing:)``.
private struct VocabularyProjection {
    struct Gradients {
        let h: Tensor
        let weight: Tensor
        let bias: Tensor
    }

    let h: Variable
    let weight: Parameter
    let bias: Parameter
    let targets: UnsafePointer<Int32>
    unowned let tape: Tape

    private var arena: Arena { tape.arena }

    /// The rows of a chunk: as many alike as keep the logits to about 20 MB, so that they stay in the last-level
    /// cache between their uses; each chunk goes once over the weight and its gradient, so larger ones pay.
    private var chunkRows: Int {
        let rows = max(1, h.value.rows)
        let limit = max(64, 5_242_880 / max(1, weight.shape[0]))
        let chunks = (rows + limit - 1) / limit
        return (rows + chunks - 1) / chunks
    }

    func makeGradients() -> Gradients {
        Gradients(
            h: arena.tensor(Shape(h.value.rows, h.value.columns)),
            weight: arena.tensor(weight.shape), bias: arena.tensor(bias.shape))
    }

    func run(
        token: Tensor, best: UnsafeMutableBufferPointer<Int32>, rowGradient: Tensor?,
        into gradients: Gradients?
    ) {
        guard let bestStart = best.baseAddress else { return }
        let (rows, vocabulary) = (h.value.rows, weight.shape[0])
        let logits = arena.tensor(Shape(min(rows, chunkRows), vocabulary))
        for start in stride(from: 0, to: rows, by: chunkRows) {
            let range = start..<min(rows, start + chunkRows)
            let chunk = logits.rows(0..<range.count)
            let states = h.value.rows(range)
            tape.multiply(Matrix(states), by: weight, bias: bias, into: Matrix(chunk))
            ck_cross_entropy(
                chunk.pointer, token.pointer + start, bestStart + start, targets + start,
                rowGradient.map { UnsafePointer($0.pointer + start) }, Int64(range.count),
                Int64(vocabulary))
            guard let gradients else { continue }
            // First, while the kernel's results are at hand.
            ck_column_sum(
                gradients.bias.pointer, chunk.pointer, Int64(range.count), Int64(vocabulary),
                start > 0 ? 1 : 0)
            tape.multiplyBack(Matrix(chunk), by: weight, into: Matrix(gradients.h.rows(range)))
            tape.multiplyOuter(
                Matrix(chunk), Matrix(states), into: Matrix(gradients.weight),
                accumulate: start > 0)
        }
    }
}
