import RealModule
import Tensors

extension CategoricalGrid {
    /// The mixture with the uniform distribution, (1 − ε) q + ε/K, with its gradient.
    ///
    ///     θ′ = log m,  m = (1 − ε) q + ε/K,      ∂/∂θ = (1 − ε) J(q) (∂/∂θ′ ⊘ m)
    public func mixed(withUniform share: Float, on tape: Tape) -> CategoricalGrid {
        let (rows, categories) = (batchSize * latentCount, categoryCount)
        let floor = share / Float(categories)
        let mixed = tape.arena.tensor(logits.shape)
        for index in 0..<mixed.count {
            mixed.pointer[index] = (1 - share) * probabilities.pointer[index] + floor
        }
        let logits = tape.arena.tensor(logits.shape)
        for index in 0..<mixed.count { logits.pointer[index] = Float.log(mixed.pointer[index]) }
        let variable = tape.record(logits) { [unowned tape] g in
            let gradient = tape.arena.zeros(g.shape)
            let slopes = tape.arena.tensor(Shape(categories))
            for row in 0..<rows {
                let start = row * categories
                for k in 0..<categories {
                    slopes.pointer[k] = g.pointer[start + k] / mixed.pointer[start + k]
                }
                SoftmaxJacobian.add(
                    of: probabilities.pointer + start, times: slopes.pointer, around: 0,
                    scale: 1 - share, categoryCount: categories, to: gradient.pointer + start)
            }
            tape.accumulate(gradient, into: self.logits)
        }
        return CategoricalGrid(logits: variable, on: tape)
    }

    /// The mean of the batch's distributions as a grid of one example, with its gradient.
    ///
    ///     θ′ = log q̄,  q̄ = 1/B Σ_b q_b,      ∂/∂θ_b = w_b ⊙ g − q_b ⟨w_b, g⟩,  w_b = q_b / (B q̄),  g = ∂/∂θ′
    ///
    /// Computed from log q, so that a category nobody uses stays finite.
    public func aggregate(on tape: Tape) -> CategoricalGrid {
        let (batch, cells, categories) = (batchSize, latentCount * categoryCount, categoryCount)
        let mean = tape.arena.tensor(Shape(1, latentCount, categories))
        for cell in 0..<cells {
            var largest = -Float.infinity
            for example in 0..<batch {
                largest = max(largest, logProbabilities.pointer[example * cells + cell])
            }
            let sum = (0..<batch).reduce(0.0) {
                $0 + Double.exp(Double(logProbabilities.pointer[$1 * cells + cell] - largest))
            }
            mean.pointer[cell] = largest + Float(Double.log(sum / Double(batch)))
        }
        let variable = tape.record(mean) { [unowned tape] g in
            let gradient = tape.arena.tensor(logits.shape)
            for row in 0..<batch * latentCount {
                let (start, column) = (row * categories, row % latentCount * categories)
                var total: Float = 0
                for k in 0..<categories {
                    let logShare = logProbabilities.pointer[start + k] - mean.pointer[column + k]
                    let term = Float.exp(logShare) / Float(batch) * g.pointer[column + k]
                    gradient.pointer[start + k] = term
                    total += term
                }
                for k in 0..<categories {
                    gradient.pointer[start + k] -= probabilities.pointer[start + k] * total
                }
            }
            tape.accumulate(gradient, into: logits)
        }
        return CategoricalGrid(logits: variable, on: tape)
    }
}
