import CKernels
import SeqModel
import Tensors

/// The discrete bottleneck of an autoencoder: features → posterior → codes → code embeddings.
///
/// It knows neither text nor images. What stands before it gives one feature vector per latent, `[B, D, F]`; what stands
/// behind it reads the code embeddings, `[B, D·E]`, and gives log p(x | z).
public struct DiscreteVAE {
    /// D.
    public let latentCount: Int
    /// K.
    public let categoryCount: Int
    /// p(z).
    public let prior: any Prior

    /// The map from features to logits, one per latent, `[D, F, K]`.
    private let headWeight: Parameter
    private let headBias: Parameter
    /// The vectors of the codes, `[D, K, E]`.
    private let codebook: Parameter

    /// A bottleneck of D latents with K categories, over features of `featureSize` numbers.
    ///
    /// Logits start near 0, so that training begins with an unprejudiced posterior.
    public init(
        latentCount: Int, categoryCount: Int, featureSize: Int, codeEmbeddingSize: Int,
        in scope: ParameterScope
    ) throws {
        self.latentCount = latentCount
        self.categoryCount = categoryCount
        prior = UniformPrior(latentCount: latentCount, categoryCount: categoryCount)
        let head = scope.scope("posterior")
        headWeight = try head.parameter(
            "weight", Shape(latentCount, featureSize, categoryCount),
            .uniform(bound: 1 / Float(featureSize).squareRoot()))
        headBias = try head.parameter("bias", Shape(latentCount, categoryCount), .constant(0))
        codebook = try scope.parameter(
            "codebook", Shape(latentCount, categoryCount, codeEmbeddingSize),
            .normal(standardDeviation: 1))
    }

    /// q(z | x) from features, `[B, D, F]`.
    public func posterior(_ features: Variable, on tape: Tape) -> CategoricalGrid {
        CategoricalGrid(
            logits: tape.groupedLinear(features, weight: headWeight, bias: headBias), on: tape)
    }

    /// The embeddings of one-hot or relaxed latents `[B, D, K]`: Σ_k z_dk e_dk, `[B, D·E]`.
    public func embed(_ latents: Variable, on tape: Tape) -> Variable {
        let embedded = tape.groupedLinear(latents, weight: codebook)
        return embedded.reshaped(Shape(latents.shape[0], latentCount * codebook.shape[2]))
    }

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
        return result
    }
}
