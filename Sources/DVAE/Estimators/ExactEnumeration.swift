import RealModule
import SeqModel
import Tensors

/// The expectation itself, by summing over all K^D codes.
///
///     E_q[f] = Σ_z q(z) f(z),      ∂/∂θ = Σ_z q(z) (f(z) − E_q[f]) ∂log q(z)/∂θ
///
/// Taking E_q[f] off changes nothing but rounding: log-likelihoods are large beside their differences. No bias and no
/// noise; the ground truth for every other estimator, and practical for small grids only.
public struct ExactEnumeration: GradientEstimator, Equatable {
    /// The name in configurations.
    public static let type = "exact"
    /// One line for lists.
    public static let summary = "sums over all K^D codes: no bias, no noise, small grids only"
    /// Exact.
    public static let isUnbiased = true
    /// The largest K^D allowed.
    public var maximumCodes = 4096

    /// The defaults.
    public init() {}

    /// Σ_z q(z) f(z).
    public func expectation(
        of f: LatentFunction, under posterior: CategoricalGrid, at step: Int,
        using random: RandomStream, on tape: Tape
    ) -> Variable {
        let batch = posterior.batchSize
        let sum = tape.arena.zeros(Shape(batch))
        var terms: [(codes: Codes, probability: Tensor, value: Variable)] = []
        for assignment in Self.assignments(
            latentCount: posterior.latentCount, categoryCount: posterior.categoryCount)
        {
            var codes = Codes(
                latentCount: posterior.latentCount, categoryCount: posterior.categoryCount,
                rowCount: 0)
            for _ in 0..<batch { codes.values.append(contentsOf: assignment) }
            let probability = tape.arena.tensor(Shape(batch))
            for (index, logProbability) in posterior.logProbability(of: codes).enumerated() {
                probability.pointer[index] = Float.exp(logProbability)
            }
            let value = f(Variable(constant: codes.oneHot(in: tape.arena)), tape)
            for index in 0..<batch {
                sum.pointer[index] += probability.pointer[index] * value.value.pointer[index]
            }
            if tape.isRecording { terms.append((codes, probability, value)) }
        }
        return tape.record(sum) { [unowned tape] dy in
            let gradient = tape.arena.zeros(posterior.logits.shape)
            for term in terms {
                let weight = tape.arena.tensor(dy.shape)
                for index in 0..<batch {
                    weight.pointer[index] = dy.pointer[index] * term.probability.pointer[index]
                }
                tape.accumulate(weight, into: term.value)
                ScoreFunction.add(
                    weight: {
                        weight.pointer[$0] * (term.value.value.pointer[$0] - sum.pointer[$0])
                    },
                    codes: term.codes, posterior: posterior, to: gradient)
            }
            tape.accumulate(gradient, into: posterior.logits)
        }
    }

    /// Every code of a grid, the last latent fastest.
    public static func assignments(latentCount: Int, categoryCount: Int) -> [[Int32]] {
        (0..<latentCount).reduce([[]]) { prefixes, _ in
            prefixes.flatMap { prefix in (0..<Int32(categoryCount)).map { prefix + [$0] } }
        }
    }

    /// The grid must be small enough to enumerate.
    public func problems(latentCount: Int, categoryCount: Int) -> [String] {
        let limit = Check.positive("maximum_codes", maximumCodes)
        guard limit.isEmpty, latentCount > 0, categoryCount > 1 else { return limit }
        var (codes, latents) = (1, 0)
        while latents < latentCount && codes <= maximumCodes / categoryCount {
            codes *= categoryCount
            latents += 1
        }
        guard latents < latentCount else { return [] }
        return [
            "maximum_codes: got \(maximumCodes), want at least K^D of a grid of "
                + "D=\(latentCount) K=\(categoryCount); use a smaller grid or another estimator"
        ]
    }
}
