import CKernels
import Tensors

/// A product of D independent categorical distributions with K categories each, one grid per example.
///
///     q(z | x) = Π_d softmax(logits[b, d, :])[z_d]
public struct CategoricalGrid {
    /// Unnormalised log-probabilities, `[B, D, K]`.
    public let logits: Variable

    /// softmax(logits), `[B, D, K]`, without gradient.
    public let probabilities: Tensor

    /// log softmax(logits), `[B, D, K]`, without gradient; finite wherever the logits are.
    public let logProbabilities: Tensor

    /// The distribution with these logits, `[B, D, K]`.
    public init(logits: Variable, on tape: Tape) {
        precondition(logits.shape.rank == 3, "logits are [B, D, K], not \(logits.shape)")
        self.logits = logits
        let (rows, columns) = (Int64(logits.value.rows), Int64(logits.value.columns))
        probabilities = tape.arena.tensor(logits.shape)
        logProbabilities = tape.arena.tensor(logits.shape)
        ck_log_softmax(logProbabilities.pointer, logits.value.pointer, rows, columns)
        ck_softmax(probabilities.pointer, logits.value.pointer, rows, columns)
    }

    /// B, the number of examples.
    public var batchSize: Int { logits.shape[0] }
    /// D, the number of latents.
    public var latentCount: Int { logits.shape[1] }
    /// K, the number of categories of each latent.
    public var categoryCount: Int { logits.shape[2] }

    /// The most probable category of each latent; the first of equals.
    public func mode() -> Codes { codes(noise: nil) }

    /// A draw from each distribution: argmax(logits + Gumbel noise), which is exactly softmax(logits).
    public func sample(using random: RandomStream, on tape: Tape) -> Codes {
        codes(noise: gumbel(using: random, on: tape))
    }

    /// Standard Gumbel noise for every category, `[B, D, K]`.
    func gumbel(using random: RandomStream, on tape: Tape) -> Tensor {
        var random = random
        let noise = tape.arena.tensor(logits.shape)
        random.gumbel(into: noise)
        return noise
    }

    func codes(noise: Tensor?) -> Codes {
        var codes = Codes(
            latentCount: latentCount, categoryCount: categoryCount, rowCount: batchSize)
        codes.values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            ck_argmax_sum(
                base, logits.value.pointer, noise?.pointer, Int64(logits.value.rows),
                Int64(categoryCount))
        }
        return codes
    }

    /// H(q_d) of each latent, nats, `[B, D]`: −Σ_k q log q.
    public func entropy(on tape: Tape) -> Tensor {
        let result = tape.arena.tensor(Shape(batchSize, latentCount))
        ck_row_dot(
            result.pointer, probabilities.pointer, logProbabilities.pointer,
            Int64(result.count), Int64(categoryCount), 0)
        result.assign(-1, times: result)
        return result
    }

    /// log q(z) of one code per example, nats, `[B]`.
    public func logProbability(of codes: Codes) -> [Float] {
        (0..<batchSize).map { example in
            var sum = 0.0
            for latent in 0..<latentCount {
                let row = (example * latentCount + latent) * categoryCount
                sum += Double(
                    logProbabilities.pointer[row + Int(codes[example, latent])])
            }
            return Float(sum)
        }
    }

    /// KL(q_d ‖ uniform) of each latent, nats, `[B, D]`, with its gradient.
    ///
    ///     KL_d = ln K − H(q_d) = ln K + Σ_k q log q,      ∂KL_d/∂logits_k = q_k (log q_k + H(q_d))
    public func klDivergenceToUniform(on tape: Tape) -> Variable {
        let (rows, categories) = (batchSize * latentCount, categoryCount)
        let entropy = entropy(on: tape)
        let kl = tape.arena.tensor(entropy.shape)
        kl.fill(LogTable.log(categories))
        kl.assign(-1, times: entropy, accumulate: true)
        // Rounding can leave −1e−7 for a uniform distribution; a divergence is never negative. A NaN stays (max would
        // hide it), so that training notices.
        for index in 0..<rows where kl.pointer[index] < 0 { kl.pointer[index] = 0 }
        return tape.record(kl) { [unowned tape] dkl in
            let gradient = tape.arena.tensor(logits.shape)
            for row in 0..<rows {
                let (h, scale, base) = (entropy.pointer[row], dkl.pointer[row], row * categories)
                for k in base..<base + categories {
                    gradient.pointer[k] =
                        scale * probabilities.pointer[k] * (logProbabilities.pointer[k] + h)
                }
            }
            tape.accumulate(gradient, into: logits)
        }
    }
}
