import Tensors

/// REINFORCE (Williams 1992) with a baseline b.
///
///     ∂f/∂θ ≈ (f(z) − b) ∂log q(z)/∂θ
///
/// Unbiased for every f and every b that does not depend on z, differentiable or not, with a noise that grows with the
/// number of latents. The best constant is near the mean of f; see ``Baseline`` for those that find it themselves.
public struct Reinforce: GradientEstimator, Equatable {
    /// The name in configurations.
    public static let type = "reinforce"
    /// One line for lists.
    public static let summary =
        "score function with a baseline (a number, batch or mode): unbiased, very noisy"
    /// Exact in expectation.
    public static let isUnbiased = true
    /// b.
    public var baseline = Baseline.constant(0)

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
        guard tape.isRecording else { return Variable(constant: result) }
        let values = value.value.array.map(Double.init)
        let baselines = baseline.values(for: values) {
            let mode = Variable(constant: posterior.mode().oneHot(in: tape.arena))
            return f(mode, tape.detached).value.array.map(Double.init)
        }
        let signals = zip(values, baselines).map { Float($0 - $1) }
        return tape.record(result) { [unowned tape] dy in
            tape.accumulate(dy, into: value)
            let gradient = tape.arena.zeros(posterior.logits.shape)
            ScoreFunction.add(
                weight: { dy.pointer[$0] * signals[$0] }, codes: codes, posterior: posterior,
                to: gradient)
            tape.accumulate(gradient, into: posterior.logits)
        }
    }

    /// A constant must be finite.
    public func problems(latentCount: Int, categoryCount: Int) -> [String] {
        guard case .constant(let value) = baseline, !value.isFinite else { return [] }
        return ["baseline: got \(value), want a finite number"]
    }
}
