import CKernels
import Tensors

/// The chunked products behind ``Tape/tokenLikelihood(_:weight:bias:targets:packing:)``.
struct VocabularyProjection {
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

    var arena: Arena { tape.arena }
    var rows: Int { h.value.rows }
    var vocabulary: Int { weight.shape[0] }

    func makeGradients() -> Gradients {
        Gradients(
            h: arena.tensor(Shape(rows, h.value.columns)),
            weight: arena.tensor(weight.shape), bias: arena.tensor(bias.shape))
    }

    /// Writes log p of each target and the best token, and, where they are wanted, the gradients for
    /// ∂loss/∂log p = `rowGradient`.
    ///
    /// The logits' storage serves others afterwards.
    func run(
        token: Tensor, best: UnsafeMutableBufferPointer<Int32>, rowGradient: Tensor?,
        into gradients: Gradients?
    ) {
        arena.scratch {
            if let rowGradient, let gradients, tape.precision == .bf16 {
                runRounded(token: token, best: best, rowGradient: rowGradient, into: gradients)
            } else {
                runWhole(token: token, best: best, rowGradient: rowGradient, into: gradients)
            }
        }
    }

    /// As `run`, with the logits and their gradients in fp32.
    private func runWhole(
        token: Tensor, best: UnsafeMutableBufferPointer<Int32>, rowGradient: Tensor?,
        into gradients: Gradients?
    ) {
        guard let bestStart = best.baseAddress else { return }
        let logits = arena.tensor(Shape(min(rows, chunkRows(bytesPerLogit: 4)), vocabulary))
        for range in chunks(of: chunkRows(bytesPerLogit: 4), in: 0..<rows) {
            let start = range.lowerBound
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

    /// The rows of a chunk: as many alike as keep what it holds of the logits to about 20 MB, so that they stay in the
    /// last-level cache between their uses; each chunk goes once over the weight and its gradient, so larger ones pay.
    func chunkRows(bytesPerLogit: Int) -> Int {
        let limit = max(64, (20 << 20) / bytesPerLogit / max(1, vocabulary))
        let chunks = (max(1, rows) + limit - 1) / limit
        return (max(1, rows) + chunks - 1) / chunks
    }

    /// `range` in parts of `count`, the last one shorter.
    func chunks(of count: Int, in range: Range<Int>) -> [Range<Int>] {
        stride(from: range.lowerBound, to: range.upperBound, by: count).map {
            $0..<min(range.upperBound, $0 + count)
        }
    }
}
