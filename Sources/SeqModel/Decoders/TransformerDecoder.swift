import Configuration
import Tensors

/// A pre-norm Transformer whose tokens see those before them, with rotary positions, and the code embeddings: by
/// cross-attention in every layer (``CodeAttention``), or as steps that stand before the first token.
///
/// The condition vector takes no part.
public struct TransformerDecoder: SequenceDecoder {
    /// The sizes of the stack.
    public struct Config: SequenceDecoderConfig, Equatable {
        /// The name in configurations.
        public static let type = "transformer"
        /// One line for lists.
        public static let summary =
            "self-attention over earlier tokens, cross-attention to the codes or codes as a prefix"

        /// Where the tokens find the code embeddings.
        public enum CodesAs: String, Codable, Sendable, CaseIterable {
            /// In a memory that each layer attends to on its own.
            case crossAttention = "cross_attention"
            /// In D steps before the start mark, which go through the layers as tokens do.
            case prefix
        }

        /// H.
        public var hiddenSize = 256
        /// Layers in the stack.
        public var layerCount = 4
        /// Heads of each attention; H must be an even multiple.
        public var headCount = 4
        /// The inner width of the feed-forward part.
        public var feedForwardSize = 1024
        /// The function of the feed-forward part.
        public var feedForward = FeedForward.Kind.gelu
        /// Where the tokens find the code embeddings.
        public var codesAs = CodesAs.crossAttention
        /// Dropout on embeddings and on the output of each part.
        public var dropout: Float = 0.1
        /// The share of previous tokens hidden from the decoder in training.
        public var wordDropout: Float = 0.25
        /// Whether the output layer is the embedding table.
        public var tiedSoftmax = true

        /// The defaults.
        public init() {}

        var sizes: TransformerLayer.Sizes {
            .init(
                width: hiddenSize, headCount: headCount, feedForwardSize: feedForwardSize,
                feedForward: feedForward, dropout: dropout)
        }

        /// What is wrong with the values.
        public var problems: [String] {
            sizes.problems + Check.positive("layer_count", layerCount)
                + Check.range("word_dropout", wordDropout, 0...1)
        }

        /// A stack in `scope`.
        public func makeDecoder(
            embedding: Embedding, condition: DecoderCondition.Sizes, bos: Int32,
            in scope: ParameterScope
        ) throws -> any SequenceDecoder {
            try TransformerDecoder(
                self, embedding: embedding, condition: condition, bos: bos, in: scope)
        }
    }

    let config: Config
    let bos: Int32
    let input: TokenInput
    let prefix: CodePrefix?
    let layers: [TransformerLayer]
    let pace: Pace?
    let norm: LayerNorm
    let output: TokenOutput
    let angles: RotaryAngles

    init(
        _ config: Config, embedding: Embedding, condition: DecoderCondition.Sizes, bos: Int32,
        in scope: ParameterScope
    ) throws {
        self.config = config
        self.bos = bos
        let width = config.hiddenSize
        input = try TokenInput(embedding, width: width, in: scope.scope("input"))
        prefix =
            try config.codesAs == .prefix
            ? CodePrefix(condition, width: width, in: scope.scope("prefix")) : nil
        let read = config.codesAs == .crossAttention ? condition : nil
        layers = try (0..<config.layerCount).map {
            try TransformerLayer(config.sizes, condition: read, in: scope.scope($0))
        }
        pace = read.flatMap { Pace($0, featureCount: width / config.headCount) }
        norm = try LayerNorm(width, in: scope.scope("norm"))
        output = try TokenOutput(
            width: width, embedding: embedding, isTied: config.tiedSoftmax,
            in: scope.scope("output"))
        angles = RotaryAngles(headWidth: width / config.headCount)
    }

    /// log p of the batch under each condition.
    public func likelihood(
        of batch: TokenBatch, condition: DecoderCondition, using random: RandomStream,
        on tape: Tape
    ) -> TokenLikelihood {
        let inputs = batch.inputs(
            hiding: config.wordDropout, bos: bos, using: random.stream("word_dropout"), on: tape)
        let scope = scope(batch.packing.preceded(by: prefix?.count ?? 0))
        var x = input(inputs, count: batch.tokenCount, on: tape)
        if let prefix { x = tape.concatenateRows(prefix(condition.codes, on: tape), x) }
        x = tape.dropout(x, rate: config.dropout, using: random.stream("input"))
        let pace = pace?(condition, packing: batch.packing, on: tape)
        for (index, layer) in layers.enumerated() {
            x = layer(
                x, packing: scope.packing, memory: layer.memory(condition.codes, on: tape),
                pace: pace, using: random.stream(index), on: tape
            ) {
                tape.attention($0, width: config.hiddenSize, scope: scope)
            }
        }
        if prefix != nil { x = tape.lastRows(batch.tokenCount, of: x) }
        return output.likelihood(of: batch, states: norm(x, on: tape), on: tape)
    }

    /// What steps of these sequences attend to.
    func scope(_ packing: Packing) -> AttentionScope {
        AttentionScope(
            packing: packing, headCount: config.headCount, isCausal: true, angles: angles)
    }

    /// The state before the first token.
    public func makeState(condition: DecoderCondition, on tape: Tape) -> any DecoderState {
        TransformerDecoderState(self, condition: condition, on: tape)
    }
}
