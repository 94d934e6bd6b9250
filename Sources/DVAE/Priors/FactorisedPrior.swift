import CKernels
import RealModule
import Tensors

/// Each latent has its own learned distribution: p(z) = Π_d softmax(φ_d)[z_d].
///
///     KL_d = Σ_k q_dk (log q_dk − log p_dk)
///     ∂KL_d/∂θ_dk = q_dk (log q_dk − log p_dk − KL_d),      ∂KL_d/∂φ_dk = p_dk − q_dk
public struct FactorisedPrior: Prior {
    /// The factorised prior has no settings.
    public struct Config: PriorConfig, Equatable {
        /// The name in configurations.
        public static let type = "factorised"
        /// One line for lists.
        public static let summary = "a learned distribution for each latent on its own"
        /// The sum over K above.
        public static let hasClosedDivergence = true

        /// The defaults.
        public init() {}

        /// Nothing can be wrong.
        public var problems: [String] { [] }

        /// The prior of a grid, uniform at first.
        public func makePrior(_ grid: CodeGrid, in scope: ParameterScope) throws -> any Prior {
            try FactorisedPrior(grid, in: scope)
        }
    }

    /// The shape of the codes.
    public let grid: CodeGrid
    /// φ, `[D, K]`.
    let logits: Parameter

    /// The prior of a grid, uniform at first.
    public init(_ grid: CodeGrid, in scope: ParameterScope) throws {
        self.grid = grid
        logits = try scope.parameter(
            "logits", Shape(grid.latentCount, grid.categoryCount), .constant(0))
    }

    /// Sets p_dk to the shares of counts, of `[D, K]`, each raised by one (Laplace), so that nothing is impossible.
    public func fit(counts: [Int]) {
        precondition(counts.count == logits.shape.count, "counts of another grid")
        for (index, count) in counts.enumerated() {
            logits.value.pointer[index] = LogTable.log(count + 1)
        }
        logits.valueDidChange()
    }

    /// log p, `[D, K]`.
    private func logProbabilities(in arena: Arena) -> Tensor {
        let result = arena.tensor(logits.shape)
        ck_log_softmax(
            result.pointer, logits.value.pointer, Int64(grid.latentCount),
            Int64(grid.categoryCount))
        return result
    }

    /// Σ_k q_dk (log q_dk − log p_dk).
    public func klDivergence(from posterior: CategoricalGrid, on tape: Tape) -> Variable {
        let (batch, latents, categories) = (
            posterior.batchSize, grid.latentCount, grid.categoryCount
        )
        let logPrior = logProbabilities(in: tape.arena)
        let kl = tape.arena.tensor(Shape(batch, latents))
        let (q, logQ) = (posterior.probabilities.pointer, posterior.logProbabilities.pointer)
        for row in 0..<batch * latents {
            let prior = logPrior.pointer + row % latents * categories
            var sum = 0.0
            for k in 0..<categories {
                let place = row * categories + k
                sum += Double(q[place]) * (Double(logQ[place]) - Double(prior[k]))
            }
            // Rounding can leave −1e−7; a NaN stays, so that training notices.
            kl.pointer[row] = sum < 0 ? 0 : Float(sum)
        }
        return tape.record(kl) { [unowned tape, logits] dkl in
            let gradient = tape.arena.tensor(posterior.logits.shape)
            let own = tape.arena.zeros(logits.shape)
            for row in 0..<batch * latents {
                let cell = row % latents * categories
                let (scale, divergence) = (dkl.pointer[row], kl.pointer[row])
                for k in 0..<categories {
                    let place = row * categories + k
                    let logP = logPrior.pointer[cell + k]
                    gradient.pointer[place] = scale * q[place] * (logQ[place] - logP - divergence)
                    own.pointer[cell + k] += scale * (Float.exp(logP) - q[place])
                }
            }
            tape.accumulate(gradient, into: posterior.logits)
            let target = logits.accumulator()
            target.tensor.assign(1, times: own, accumulate: target.accumulate)
        }
    }

    /// Each latent by itself: argmax(φ/temperature + Gumbel noise).
    public func sample(
        rowCount: Int, temperature: Float, random: (Int) -> RandomStream
    ) -> Codes {
        let arena = Arena()
        let scaled = arena.tensor(logits.shape)
        scaled.assign(1 / temperature, times: logProbabilities(in: arena))
        let noise = arena.tensor(logits.shape)
        var codes = Codes(
            latentCount: grid.latentCount, categoryCount: grid.categoryCount, rowCount: rowCount)
        codes.values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for row in 0..<rowCount {
                var stream = random(row)
                stream.gumbel(into: noise)
                ck_argmax_sum(
                    base + row * grid.latentCount, scaled.pointer, noise.pointer,
                    Int64(grid.latentCount), Int64(grid.categoryCount))
            }
        }
        return codes
    }

    /// Σ_d log p_d(z_d).
    public func logProbability(of codes: Codes) -> [Float] {
        logProbability(of: codes, on: Tape(arena: Arena(), isRecording: false)).value.array
    }

    /// Σ_d log p_d(z_d), with its gradient to φ.
    public func logProbability(of codes: Codes, on tape: Tape) -> Variable {
        let (latents, categories) = (grid.latentCount, grid.categoryCount)
        let logPrior = logProbabilities(in: tape.arena)
        let result = tape.arena.tensor(Shape(codes.rowCount))
        for row in 0..<codes.rowCount {
            var sum = 0.0
            for latent in 0..<latents {
                sum += Double(logPrior.pointer[latent * categories + Int(codes[row, latent])])
            }
            result.pointer[row] = Float(sum)
        }
        return tape.record(result) { [unowned tape, logits] dy in
            let own = tape.arena.zeros(logits.shape)
            for row in 0..<codes.rowCount {
                for latent in 0..<latents {
                    let start = latent * categories
                    for k in start..<start + categories {
                        own.pointer[k] -= dy.pointer[row] * Float.exp(logPrior.pointer[k])
                    }
                    own.pointer[start + Int(codes[row, latent])] += dy.pointer[row]
                }
            }
            let target = logits.accumulator()
            target.tensor.assign(1, times: own, accumulate: target.accumulate)
        }
    }
}
