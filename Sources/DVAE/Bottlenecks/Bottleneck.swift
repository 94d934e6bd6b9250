import Tensors

/// Code embeddings `[B, D·E]` → log p(x | z), `[B]`, nats: what stands behind a bottleneck.
public typealias EmbeddingFunction = (_ embeddings: Variable, _ tape: Tape) -> Variable

/// What stands between encoder and decoder: features `[B, D, F]` → latents → embeddings `[B, D·E]`.
///
/// It knows neither text nor images. What stands before it gives one feature vector per latent; what stands behind it
/// reads embeddings and gives log p(x | z).
public protocol Bottleneck {
    /// The training loss of a batch and its parts.
    ///
    /// - Parameters:
    ///   - features: one vector per latent, `[B, D, F]`.
    ///   - objective: estimator, weights and floors, where they apply.
    ///   - state: what the objective remembers from step to step.
    ///   - likelihood: log p(x | z) per example, in nats.
    func bound(
        features: Variable, objective: Objective, at step: Int, using random: RandomStream,
        on tape: Tape, state: ObjectiveState?, likelihood: EmbeddingFunction
    ) -> Bound

    /// The embeddings in use after training, `[B, D·E]`: of the most probable codes, or of the posterior's mean.
    func embeddings(of features: Variable, on tape: Tape) -> Tensor
}

extension Bottleneck {
    /// The same where nothing is remembered from step to step.
    public func bound(
        features: Variable, objective: Objective, at step: Int, using random: RandomStream,
        on tape: Tape, likelihood: EmbeddingFunction
    ) -> Bound {
        bound(
            features: features, objective: objective, at: step, using: random, on: tape,
            state: nil, likelihood: likelihood)
    }
}

/// A bottleneck of discrete codes.
public protocol DiscreteBottleneck: Bottleneck {
    /// The shape of the codes; D may be a multiple of the latents' number.
    var grid: CodeGrid { get }

    /// p(z).
    var prior: any Prior { get }

    /// q(z | x) from features; a quantiser's has all its mass on one code.
    func posterior(_ features: Variable, on tape: Tape) -> CategoricalGrid

    /// The embeddings of codes, `[B, D·E]`.
    func embed(_ codes: Codes, in arena: Arena) -> Tensor
}

extension DiscreteBottleneck {
    /// The embeddings of the most probable codes.
    public func embeddings(of features: Variable, on tape: Tape) -> Tensor {
        embed(posterior(features, on: tape).mode(), in: tape.arena)
    }
}

/// A bottleneck of continuous latents, which has no codes.
public protocol ContinuousBottleneck: Bottleneck {
    /// q(z | x) from features.
    func posterior(_ features: Variable, on tape: Tape) -> DiagonalGaussian

    /// The embeddings of latents `[B, D, n]`, `[B, D·E]`.
    func embed(_ latents: Variable, on tape: Tape) -> Variable

    /// Latents drawn from the prior, `[rowCount, D, n]`; row i from the i-th stream.
    func sample(rowCount: Int, random: (Int) -> RandomStream, in arena: Arena) -> Tensor
}
