import Configuration
import Tensors

/// f: latents `[B, D, K]`, one-hot or relaxed, → one number per example, `[B]`, on the given tape.
///
/// In the bound it is log p(x | z). The estimator never sees the network behind it.
public typealias LatentFunction = (_ latents: Variable, _ tape: Tape) -> Variable

/// An estimator of E_q[f(z)] for a grid of categoricals, and of its gradient.
///
/// Codes are always drawn from softmax(logits); a temperature changes a backward rule or a relaxed sample, never what
/// is drawn.
public protocol GradientEstimator: RegisteredComponent {
    /// Whether the expected gradient is exact for every f.
    static var isUnbiased: Bool { get }

    /// The estimate of E_q[f(z)], `[B]`. Its gradient on the tape is the estimator's gradient with respect to the
    /// posterior's logits, and the sampled (or exact) gradient with respect to whatever f depends on besides z.
    func expectation(
        of f: LatentFunction, under posterior: CategoricalGrid, at step: Int,
        using random: RandomStream, on tape: Tape
    ) -> Variable

    /// The same for f = log p(x | z) in a bound against a prior; an estimator of a bound of its own looks at it, the
    /// others do not.
    func expectation(
        of f: LatentFunction, under posterior: CategoricalGrid, prior: any Prior, at step: Int,
        using random: RandomStream, on tape: Tape
    ) -> Variable

    /// What is wrong with the values for a grid of these sizes: `key: got …, want …`, a line each.
    func problems(latentCount: Int, categoryCount: Int) -> [String]
}

extension GradientEstimator {
    /// The estimate that does not depend on the prior.
    public func expectation(
        of f: LatentFunction, under posterior: CategoricalGrid, prior: any Prior, at step: Int,
        using random: RandomStream, on tape: Tape
    ) -> Variable {
        expectation(of: f, under: posterior, at: step, using: random, on: tape)
    }
}

/// The estimators a configuration can choose.
public enum EstimatorKind: ComponentKind {
    /// The component as a registered value.
    public static func registered(
        _ component: any GradientEstimator
    ) -> any RegisteredComponent { component }
}
