import Tensors

/// REINFORCE (Williams 1992) with a constant baseline b.
///
///     ∂f/∂θ ≈ (f(z) − b) ∂log q(z)/∂θ
///
/// Unbiased for every f and every b, differentiable or not, with a noise that grows with the number of latents. The
/// best constant is near the mean of f; ``LeaveOneOut`` needs none.
public struct Reinforce: GradientEstimator, Equatable {
    /// The name in configurations.
    public static let type = "reinforce"
    /// One line for lists.
    public static let summary = "score function with a constant baseline: unbiased, very noisy"
    /// Exact in expectation.
    public static let isUnbiased = true
    /// b, in the units of f (nats per sentence for a bound).
    public var baseline: Float = 0

    /// The defaults.
    public init() {}

    /// f at one draw, with (f − b)·score as the gradient of the logits.
    public func expectation(
        of f: LatentFunction, under posterior: CategoricalGrid, at step: Int,
        using random: RandomStream, on tape: Tape
    ) -> Variable {
        let codes = posterior.sample(using: random, on: tape)
        let value = f(Variable(constant: codes.oneHot(in: tape.arena)), tape)
        let result = tape.arena.tensor(value.shape)
        result.copy(from: value.value)
        return tape.record(result) { [unowned tape] dy in
            tape.accumulate(dy, into: value)
            let gradient = tape.arena.zeros(posterior.logits.shape)
            ScoreFunction.add(
                weight: { dy.pointer[$0] * weight(of: value.value.pointer[$0]) }, codes: codes,
                posterior: posterior, to: gradient)
            tape.accumulate(gradient, into: posterior.logits)
        }
    }

    /// f − b.
    func weight<Scalar: BinaryFloatingPoint>(of value: Scalar) -> Scalar {
        value - Scalar(baseline)
    }

    /// The baseline must be finite.
    public func problems(latentCount: Int, categoryCount: Int) -> [String] {
        baseline.isFinite ? [] : ["baseline: got \(baseline), want a finite number"]
    }
}
