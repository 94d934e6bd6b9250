import Configuration
import Tensors

/// A pre-norm Transformer over the tokens of each sentence, with rotary positions.
///
/// The states leave unnormalised: what reads them begins with a norm of its own (``AttentionPooling``).
public struct TransformerEncoder: SequenceEncoder {
    /// The sizes of the stack.
    public struct Config: SequenceEncoderConfig, Equatable {
        /// The name in configurations.
        public static let type = "transformer"
        /// One line for lists.
        public static let summary = "self-attention over the tokens, pre-norm, rotary positions"

        /// H.
        public var hiddenSize = 256
        /// Layers in the stack.
        public var layerCount = 4
        /// Heads of each layer; H must be an even multiple.
        public var headCount = 4
        /// The inner width of the feed-forward part.
        public var feedForwardSize = 1024
        /// The function of the feed-forward part.
        public var feedForward = FeedForward.Kind.gelu
        /// Dropout on embeddings and on the output of each part.
        public var dropout: Float = 0.1

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
        }

        /// A stack in `scope`.
        public func makeEncoder(
            embedding: Embedding, in scope: ParameterScope
        ) throws -> any SequenceEncoder {
            try TransformerEncoder(self, embedding: embedding, in: scope)
        }
    }

    private let config: Config
    private let input: TokenInput
    private let layers: [TransformerLayer]
    private let angles: RotaryAngles

    init(_ config: Config, embedding: Embedding, in scope: ParameterScope) throws {
        self.config = config
        input = try TokenInput(embedding, width: config.hiddenSize, in: scope.scope("input"))
        layers = try (0..<config.layerCount).map {
            try TransformerLayer(config.sizes, in: scope.scope($0))
        }
        angles = RotaryAngles(headWidth: config.hiddenSize / config.headCount)
    }

    /// H.
    public var width: Int { config.hiddenSize }

    /// The states of the last layer.
    public func callAsFunction(
        _ batch: TokenBatch, using random: RandomStream, on tape: Tape
    ) -> Variable {
        let scope = AttentionScope(
            packing: batch.packing, headCount: config.headCount, angles: angles)
        var x = input(batch.targets(on: tape), count: batch.tokenCount, on: tape)
        x = tape.dropout(x, rate: config.dropout, using: random.stream("input"))
        for (index, layer) in layers.enumerated() {
            x = layer(x, packing: batch.packing, using: random.stream(index), on: tape) {
                tape.attention($0, width: width, scope: scope)
            }
        }
        return x
    }
}
