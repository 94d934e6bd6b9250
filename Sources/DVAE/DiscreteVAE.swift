import CKernels
import SeqModel
import Tensors

/// The bottleneck of the paper: features → categorical posterior → codes → code embeddings.
///
/// Jeffares and Liu 2025, arXiv 2505.10344.
public struct DiscreteVAE: DiscreteBottleneck {
    /// The categorical bottleneck has no settings of its own: the estimator belongs to the objective.
    public struct Config: BottleneckConfig, Equatable {
        /// The name in configurations.
        public static let type = "categorical"
        /// One line for lists.
        public static let summary = "a grid of categoricals trained on the bound: the default"
        /// The posterior is a distribution.
        public static let trainsPrior = true
        /// It can be certain.
        public static let tellsLatents = true

        /// The defaults.
        public init() {}

        /// Nothing can be wrong.
        public func problems(latentCount: Int, categoryCount: Int) -> [String] { [] }

        /// The bottleneck, with its parameters made in `scope`.
        public func makeBottleneck(
            _ sizes: BottleneckSizes, prior: any PriorConfig, in scope: ParameterScope
        ) throws -> any Bottleneck {
            try DiscreteVAE(
                latentCount: sizes.latentCount, categoryCount: sizes.categoryCount,
                featureSize: sizes.featureSize, codeEmbeddingSize: sizes.embeddingSize,
                toldCount: sizes.toldCount, prior: prior, in: scope)
        }
    }

    /// D and K.
    public let grid: CodeGrid
    /// p(z).
    public let prior: any Prior

    /// The map from features to logits, one per latent, `[D, F, K]`.
    private let headWeight: Parameter
    private let headBias: Parameter
    /// The vectors of the codes, `[D, K, E]`.
    private let codebook: Parameter

    /// The latents that are told, if there are any.
    private let told: ToldLatents?

    /// A bottleneck of D latents with K categories, over features of `featureSize` numbers.
    ///
    /// Logits start near 0, so that training begins with an unprejudiced posterior.
    ///
    /// - Parameter toldCount: the first latents that hold the digits of a number they are told, which is the first of their
    ///   features (``digits(ofShare:)``).
    public init(
        latentCount: Int, categoryCount: Int, featureSize: Int, codeEmbeddingSize: Int,
        toldCount: Int = 0, prior: any PriorConfig = UniformPrior.Config(), in scope: ParameterScope
    ) throws {
        grid = CodeGrid(latentCount: latentCount, categoryCount: categoryCount)
        let head = scope.scope("posterior")
        headWeight = try head.parameter(
            "weight", Shape(latentCount, featureSize, categoryCount),
            .uniform(bound: 1 / Float(featureSize).squareRoot()))
        headBias = try head.parameter("bias", Shape(latentCount, categoryCount), .constant(0))
        codebook = try scope.parameter(
            "codebook", Shape(latentCount, categoryCount, codeEmbeddingSize),
            .normal(standardDeviation: 1))
        self.prior = try prior.makePrior(grid, in: scope.scope("prior"))
        told = toldCount > 0 ? ToldLatents(count: toldCount, grid: grid) : nil
    }

    /// D.
    public var latentCount: Int { grid.latentCount }
    /// K.
    public var categoryCount: Int { grid.categoryCount }

    /// q(z | x) from features, `[B, D, F]`.
    public func posterior(_ features: Variable, on tape: Tape) -> CategoricalGrid {
        var logits = tape.groupedLinear(features, weight: headWeight, bias: headBias)
        if let told { logits = told.certain(logits, features: features.value, on: tape) }
        return CategoricalGrid(logits: logits, on: tape)
    }

    /// The objective's bound, its latents seen through their embeddings.
    public func bound(
        features: Variable, objective: Objective, at step: Int, using random: RandomStream,
        on tape: Tape, state: ObjectiveState?, likelihood: EmbeddingFunction
    ) -> Bound {
        objective.bound(
            posterior: posterior(features, on: tape), prior: prior, at: step, using: random,
            on: tape, state: state
        ) { latents, tape in likelihood(embed(latents, on: tape), tape) }
    }

    /// The embeddings of one-hot or relaxed latents `[B, D, K]`: Σ_k z_dk e_dk, `[B, D·E]`.
    public func embed(_ latents: Variable, on tape: Tape) -> Variable {
        let embedded = tape.groupedLinear(latents, weight: codebook).reshaped(
            Shape(latents.shape[0], latentCount * codebook.shape[2]))
        return told?.marked(embedded, latents: latents.value, on: tape) ?? embedded
    }

    /// The digits by which told latents hold a share of 0 ..< 1, the first of which weighs most.
    public func digits(ofShare share: Double) -> [Int] { told?.digits(share) ?? [] }

    /// The shares that embeddings `[B, D·E]` tell; none where no latents are told.
    public func shares(of embeddings: Tensor) -> [Float] { told?.shares(embeddings) ?? [] }

    /// The embeddings of codes, `[B, D·E]`: the same numbers as ``embed(_:on:)`` of their one-hot form, by lookup.
    public func embed(_ codes: Codes, in arena: Arena) -> Tensor {
        precondition(
            codes.latentCount == latentCount && codes.categoryCount == categoryCount,
            "codes of another grid")
        let index = codes.values.enumerated().map { place, code in
            Int32(place % latentCount * categoryCount) + code
        }
        let size = codebook.shape[2]
        let result = arena.tensor(Shape(codes.rowCount, latentCount * size))
        ck_gather_rows(
            result.pointer, codebook.value.pointer, index, Int64(index.count), Int64(size), 0)
        told?.mark(result, codes: codes)
        return result
    }
}
