import SeqModel
import Tensors

/// Continuous latents with a diagonal Gaussian posterior and a standard normal prior: the baseline to hold discrete codes
/// against, with the same encoder, decoder and objective.
///
///     μ_d, ℓ_d = W_d f_d + b_d,      z_d = μ_d + e^(ℓ_d/2) ε,      e_d = V_d z_d + c_d
///
/// Kingma and Welling 2014, arXiv 1312.6114. It has no codes; weight and free bits of the objective apply to KL of each
/// latent, all its n numbers together, and the estimator does not matter.
public struct GaussianBottleneck: ContinuousBottleneck {
    /// The width of a latent.
    public struct Config: BottleneckConfig, Equatable {
        /// The name in configurations.
        public static let type = "gaussian"
        /// One line for lists.
        public static let summary =
            "continuous latents with a diagonal Gaussian: no codes, a baseline"
        /// n, the numbers of each of the D latents.
        public var size = 2

        /// The defaults.
        public init() {}

        /// What is wrong with the values.
        public func problems(latentCount: Int, categoryCount: Int) -> [String] {
            Check.positive("size", size, atMost: 65_536)
        }

        /// None.
        public func grid(latentCount: Int, categoryCount: Int) -> CodeGrid? { nil }

        /// The bottleneck, with its parameters made in `scope`.
        public func makeBottleneck(
            _ sizes: BottleneckSizes, prior: any PriorConfig, in scope: ParameterScope
        ) throws -> any Bottleneck {
            try GaussianBottleneck(self, sizes, in: scope)
        }
    }

    /// n.
    public let size: Int
    private let head: LatentMap
    private let embedding: LatentMap

    init(_ config: Config, _ sizes: BottleneckSizes, in scope: ParameterScope) throws {
        size = config.size
        head = try LatentMap(
            sizes.latentCount, from: sizes.featureSize, to: 2 * size, in: scope.scope("posterior"))
        embedding = try LatentMap(
            sizes.latentCount, from: size, to: sizes.embeddingSize, in: scope.scope("embedding"))
    }

    /// q(z | x) from features, `[B, D, F]`.
    public func posterior(_ features: Variable, on tape: Tape) -> DiagonalGaussian {
        DiagonalGaussian(parameters: head(features, on: tape))
    }

    /// V_d z_d + c_d.
    public func embed(_ latents: Variable, on tape: Tape) -> Variable {
        embedding(latents, on: tape).joined
    }

    /// The embeddings of the mean.
    public func embeddings(of features: Variable, on tape: Tape) -> Tensor {
        let mean = posterior(features, on: tape).mean(in: tape.arena)
        return embed(Variable(constant: mean), on: tape).value
    }

    /// The bound with one draw.
    public func bound(
        features: Variable, objective: Objective, at step: Int, using random: RandomStream,
        on tape: Tape, state: ObjectiveState?, likelihood: EmbeddingFunction
    ) -> Bound {
        let posterior = posterior(features, on: tape)
        let draw = posterior.sample(using: random.stream("estimator"), on: tape)
        return objective.bound(
            logLikelihood: likelihood(embed(draw, on: tape), tape),
            kl: posterior.klDivergenceToNormal(on: tape), at: step, on: tape, state: state)
    }

    /// Standard normal numbers.
    public func sample(
        rowCount: Int, random: (Int) -> RandomStream, in arena: Arena
    ) -> Tensor {
        let latents = embedding.latentCount
        let result = arena.tensor(Shape(rowCount, latents, size))
        for row in 0..<rowCount {
            var stream = random(row)
            stream.normal(
                into: Tensor(
                    pointer: result.pointer + row * latents * size, shape: Shape(latents, size)))
        }
        return result
    }
}
