import SeqModel
import Tensors

/// REINFORCE with a leave-one-out baseline, RLOO (Kool, van Hoof and Welling 2019): each of n draws is compared with the
/// mean of the others.
///
///     ∂f/∂θ ≈ 1/n Σ_i (fᵢ − 1/(n−1) Σ_{j≠i} fⱼ) ∂log q(zᵢ)/∂θ
///
/// Unbiased for every f, nothing to tune; costs n evaluations.
public struct LeaveOneOut: GradientEstimator, Equatable {
    /// The name in configurations.
    public static let type = "rloo"
    /// One line for lists.
    public static let summary = "score function with a leave-one-out baseline: unbiased, n decodes"
    /// Exact in expectation.
    public static let isUnbiased = true
    /// n.
    public var sampleCount = 4

    /// The defaults.
    public init() {}

    /// The mean of f over n draws.
    public func expectation(
        of f: LatentFunction, under posterior: CategoricalGrid, at step: Int,
        using random: RandomStream, on tape: Tape
    ) -> Variable {
        let draws = (0..<sampleCount).map { index in
            let codes = posterior.sample(using: random.stream(index), on: tape)
            return (codes: codes, value: f(Variable(constant: codes.oneHot(in: tape.arena)), tape))
        }
        let share = 1 / Float(sampleCount)
        let mean = tape.arena.zeros(Shape(posterior.batchSize))
        for draw in draws { mean.assign(share, times: draw.value.value, accumulate: true) }
        return tape.record(mean) { [unowned tape] dy in
            let gradient = tape.arena.zeros(posterior.logits.shape)
            for draw in draws {
                tape.accumulate(dy, into: draw.value, scale: share)
                ScoreFunction.add(
                    weight: {
                        dy.pointer[$0]
                            * weight(of: draw.value.value.pointer[$0], mean: mean.pointer[$0])
                    },
                    codes: draw.codes, posterior: posterior, to: gradient)
            }
            tape.accumulate(gradient, into: posterior.logits)
        }
    }

    /// 1/n (fᵢ − mean of the others) = (fᵢ − mean of all)/(n − 1).
    func weight<Scalar: BinaryFloatingPoint>(of value: Scalar, mean: Scalar) -> Scalar {
        (value - mean) / Scalar(sampleCount - 1)
    }

    /// At least two draws are needed.
    public func problems(latentCount: Int, categoryCount: Int) -> [String] {
        Check.range("sample_count", sampleCount, 2...64)
    }
}
