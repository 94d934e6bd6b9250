import CKernels
import Tensors

extension VocabularyProjection {
    /// The rows whose logits exist in fp32 at a time: a block of the products' left-hand side.
    private static let blockRows = 192

    /// As `run`, for products in bf16: the logits of a few rows at a time, which the softmax turns into gradients in bf16.
    ///
    /// No gradient of a logit exists in fp32, and the products that use it read half as much.
    func runRounded(
        token: Tensor, best: UnsafeMutableBufferPointer<Int32>, rowGradient: Tensor,
        into gradients: Gradients
    ) {
        guard let bestStart = best.baseAddress else { return }
        let chunkRows = chunkRows(bytesPerLogit: 2)
        let logits = arena.tensor(Shape(min(rows, Self.blockRows), vocabulary))
        let rounded = arena.rounded(rows: min(rows, chunkRows), columns: vocabulary)
        for range in chunks(of: chunkRows, in: 0..<rows) {
            let chunk = rounded.rows(0..<range.count)
            for part in chunks(of: Self.blockRows, in: range) {
                let (start, count) = (part.lowerBound, Int64(part.count))
                let block = logits.rows(0..<part.count)
                let gradient = rounded.rows(
                    start - range.lowerBound..<part.upperBound - range.lowerBound)
                tape.multiply(
                    Matrix(h.value.rows(part)), by: weight, bias: bias, into: Matrix(block))
                ck_bf16_cross_entropy(
                    gradient.pointer, block.pointer, token.pointer + start, bestStart + start,
                    targets + start, rowGradient.pointer + start, count, Int64(vocabulary))
                // First, while the kernel's results are at hand.
                ck_bf16_column_sum(
                    gradients.bias.pointer, gradient.pointer, count, Int64(vocabulary),
                    start > 0 ? 1 : 0)
            }
            tape.multiplyBack(chunk, by: weight, into: Matrix(gradients.h.rows(range)))
            tape.multiplyOuter(
                chunk, Matrix(h.value.rows(range)), into: Matrix(gradients.weight),
                accumulate: range.lowerBound > 0)
        }
    }
}
