import CKernels
import DVAE
import RealModule
import Tensors

/// log p(x | z) of images under every one of the K^D codes: with the sum over codes at hand nothing need be estimated.
struct CodeTable {
    /// The largest K^D that is summed over.
    static let maximumCodeCount = 1 << 16

    /// Every code, the last latent fastest.
    let codes: Codes
    /// log p(x_b | z), `[K^D, B]`.
    let logLikelihood: Tensor

    /// Whether a grid is small enough.
    static func isFeasible(latentCount: Int, categoryCount: Int) -> Bool {
        var count = 1
        for _ in 0..<latentCount where count <= maximumCodeCount { count *= categoryCount }
        return count <= maximumCodeCount
    }

    /// The table of some images, `[B, 784]`.
    ///
    ///     log p(x | z) = ⟨x, l_z⟩ − Σ_i log(1 + exp l_zi)
    ///
    /// so that one product of matrices serves all pairs.
    init(_ model: DigitModel, _ images: Tensor, on tape: Tape) {
        precondition(
            Self.isFeasible(latentCount: model.latentCount, categoryCount: model.categoryCount))
        var codes = Codes(
            latentCount: model.latentCount, categoryCount: model.categoryCount, rowCount: 0)
        for code in ExactEnumeration.assignments(
            latentCount: model.latentCount, categoryCount: model.categoryCount)
        { codes.values += code }
        self.codes = codes
        let latents = Variable(constant: codes.oneHot(in: tape.arena))
        let logits = model.pixelLogits(latents, on: tape.detached).value
        let (count, batch, pixels) = (codes.rowCount, images.rows, images.columns)
        let black = tape.arena.zeros(logits.shape)
        let offset = tape.arena.tensor(Shape(count))
        ck_bernoulli_log_likelihood(
            offset.pointer, logits.pointer, black.pointer, Int64(count), Int64(pixels))
        let transposed = tape.arena.tensor(Shape(pixels, batch))
        ck_transpose(transposed.pointer, images.pointer, Int64(batch), Int64(pixels))
        logLikelihood = tape.arena.tensor(Shape(count, batch))
        for code in 0..<count {
            logLikelihood.rows(code..<code + 1).fill(offset.pointer[code])
        }
        Matrix(logLikelihood).assign(Matrix(logits), times: Matrix(transposed), accumulate: true)
    }

    /// log p(x_b) = log Σ_z K⁻ᴰ p(x_b | z), nats, under the uniform prior.
    var evidence: [Double] {
        let (count, batch) = (codes.rowCount, logLikelihood.columns)
        return (0..<batch).map { image in
            var largest = -Double.infinity
            for code in 0..<count {
                largest = max(largest, Double(logLikelihood.pointer[code * batch + image]))
            }
            var sum = 0.0
            for code in 0..<count {
                sum += Double.exp(Double(logLikelihood.pointer[code * batch + image]) - largest)
            }
            return largest + Double.log(sum / Double(count))
        }
    }
}
