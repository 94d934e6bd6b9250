import Configuration
import DVAE
import SeqModel

/// How each latent reads the encoder's states.
public struct PoolingConfig: Codable, Sendable, Equatable {
    /// The width of the window through which latent d first looks at the d-th of D parts of the sequence, as a multiple of
    /// such a part; 0: no windows, every latent looks everywhere (`AttentionPooling` of SeqModel).
    public var windowWidth: Float = 1.5
    /// Whether the latents also read the tokens' embeddings, beside the states.
    public var readsTokens = true

    /// The defaults.
    public init() {}

    /// What is wrong with the values: `key: got …, want …`, a line each.
    public var problems: [String] { Check.range("window_width", windowWidth, 0...1000) }
}

/// Everything that fixes the shape of a model: the `model` key of `config.json`.
public struct ModelConfig: Codable, Sendable, Equatable {
    /// D, the number of latents.
    public var latentCount = 32
    /// K, the number of categories of each latent.
    public var categoryCount = 32
    /// E, the width of a code's embedding.
    public var codeEmbeddingSize = 64
    /// Features → latents → embeddings.
    public var bottleneck = Choice<BottleneckKind>(DiscreteVAE.Config())
    /// p(z), where it is trained with the model.
    public var prior = Choice<PriorKind>(UniformPrior.Config())
    /// The width of the vector that conditions the decoder, made from all code embeddings.
    public var conditionSize = 512
    /// The width of a token's embedding, shared by encoder and decoder.
    public var embeddingSize = 256
    /// How many latents, the first ones, tell the length of the text and nothing else.
    ///
    /// The others then tell equal parts of it in order, and a decoder that attends to codes walks through them at that pace.
    /// At most an eighth of the latents do, and none in bottlenecks whose codes cannot be told (``toldLatentCount``).
    public var lengthLatentCount = 0
    /// How the latents read the states.
    public var pooling = PoolingConfig()
    /// Tokens → states.
    public var encoder = Choice<EncoderKind>(GRUEncoder.Config())
    /// Condition → tokens.
    public var decoder = Choice<DecoderKind>(GRUDecoder.Config())
    /// The longest sequence, in tokens without the end mark: longer records are not trained on, and nothing longer is
    /// encoded or produced.
    public var maximumLength = 128

    /// The defaults.
    public init() {}

    /// Keys that files of earlier versions lack: where they are missing the defaults hold.
    public static let laterKeys = [
        "bottleneck", "prior", "decoder.codes_as", "length_latent_count",
    ]

    /// The shape of the codes; nil where latents are continuous.
    public var grid: CodeGrid? {
        bottleneck.component.grid(latentCount: latentCount, categoryCount: categoryCount)
    }

    /// The latents that do tell the length: ``lengthLatentCount``, but at most D/8, and 0 where codes cannot be told.
    public var toldLatentCount: Int {
        Swift.type(of: bottleneck.component).tellsLatents
            ? min(lengthLatentCount, latentCount / 8) : 0
    }

    /// What the codes of a sentence can hold, D·log₂K bits; 0 where there are none.
    public var bitsPerSentence: Double { grid?.bits ?? 0 }

    /// What is wrong with the values: `key: got …, want …`, a line each.
    public var problems: [String] {
        Check.range("latent_count", latentCount, 1...4096)
            + Check.range("category_count", categoryCount, 2...65_536)
            + Check.range("length_latent_count", lengthLatentCount, 0...8)
            + Check.positive("code_embedding_size", codeEmbeddingSize, atMost: 65_536)
            + Check.positive("condition_size", conditionSize, atMost: 65_536)
            + Check.positive("embedding_size", embeddingSize, atMost: 65_536)
            + Check.positive("maximum_length", maximumLength, atMost: 65_536)
            + pooling.problems.map { "pooling." + $0 }
            + bottleneckProblems
            + prior.component.problems.map { "prior." + $0 }
            + encoder.component.problems.map { "encoder." + $0 }
            + decoder.component.problems.map { "decoder." + $0 }
    }

    /// A bottleneck is asked about grids of possible sizes only.
    private var bottleneckProblems: [String] {
        guard 1...4096 ~= latentCount, 2...65_536 ~= categoryCount else { return [] }
        let own = bottleneck.component.problems(
            latentCount: latentCount, categoryCount: categoryCount
        ).map { "bottleneck." + $0 }
        let kind = Swift.type(of: bottleneck.component)
        guard !kind.trainsPrior, prior.type != UniformPrior.Config.type else { return own }
        return own + [
            "prior.type: got \"\(prior.type)\", want \"\(UniformPrior.Config.type)\" beside the bottleneck "
                + "\"\(bottleneck.type)\": a prior over its codes is learned afterwards, by textvae train-prior"
        ]
    }

    /// Two configurations are equal when all their values are.
    public static func == (a: ModelConfig, b: ModelConfig) -> Bool { "\(a)" == "\(b)" }
}
