import SeqModel
import Tensors

/// Local expectation gradients (Titsias and Lázaro-Gredilla 2015): each latent is summed out exactly while the others
/// stay at their draw.
///
///     ∂f/∂θ_d ≈ J(π_d) v_d,      v_dk = f(z with z_d = k)
///
/// Unbiased for every f; costs D·(K − 1) + 1 evaluations.
public struct LocalExpectation: GradientEstimator, Equatable {
    /// The name in configurations.
    public static let type = "local_expectation"
    /// One line for lists.
    public static let summary = "sums each latent out in turn: unbiased, D·K decodes"
    /// Exact in expectation.
    public static let isUnbiased = true
    /// The largest D·K allowed.
    public var maximumEvaluations = 1024

    /// The defaults.
    public init() {}

    /// f at one draw, with the local expectations as the gradient of the logits.
    public func expectation(
        of f: LatentFunction, under posterior: CategoricalGrid, at step: Int,
        using random: RandomStream, on tape: Tape
    ) -> Variable {
        let (batch, latents, categories) = (
            posterior.batchSize, posterior.latentCount, posterior.categoryCount
        )
        let codes = posterior.sample(using: random, on: tape)
        let value = f(Variable(constant: codes.oneHot(in: tape.arena)), tape)
        let neighbours = tape.arena.tensor(posterior.logits.shape)
        if tape.isRecording {
            for latent in 0..<latents {
                for category in 0..<categories {
                    var changed = codes
                    for example in 0..<batch { changed[example, latent] = Int32(category) }
                    let values = f(
                        Variable(constant: changed.oneHot(in: tape.arena)), tape.detached)
                    for example in 0..<batch {
                        neighbours.pointer[(example * latents + latent) * categories + category] =
                            values.value.pointer[example]
                    }
                }
            }
        }
        let result = tape.arena.tensor(value.shape)
        result.copy(from: value.value)
        return tape.record(result) { [unowned tape] dy in
            tape.accumulate(dy, into: value)
            let gradient = tape.arena.zeros(posterior.logits.shape)
            for row in 0..<batch * latents {
                let start = row * categories
                SoftmaxJacobian.add(
                    of: posterior.probabilities.pointer + start,
                    times: neighbours.pointer + start,
                    around: neighbours.pointer[start + Int(codes.values[row])],
                    scale: dy.pointer[row / latents],
                    categoryCount: categories, to: gradient.pointer + start)
            }
            tape.accumulate(gradient, into: posterior.logits)
        }
    }

    /// The grid must be small enough to sum.
    public func problems(latentCount: Int, categoryCount: Int) -> [String] {
        let limit = Check.positive("maximum_evaluations", maximumEvaluations)
        guard limit.isEmpty else { return limit }
        let (cells, overflow) = latentCount.multipliedReportingOverflow(by: categoryCount)
        guard overflow || cells > maximumEvaluations else { return [] }
        return [
            "maximum_evaluations: got \(maximumEvaluations), want at least D·K of a grid of "
                + "D=\(latentCount) K=\(categoryCount); use a smaller grid or another estimator"
        ]
    }
}
