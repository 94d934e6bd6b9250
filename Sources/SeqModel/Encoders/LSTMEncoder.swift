import Configuration
import Tensors

/// A stack of long short-term memories over the token embeddings, each reading in one or both directions.
public struct LSTMEncoder: SequenceEncoder {
    /// The sizes of the stack.
    public struct Config: SequenceEncoderConfig, Equatable {
        /// The name in configurations.
        public static let type = "lstm"
        /// One line for lists.
        public static let summary = "long short-term memories, reading in both directions"

        /// H of one direction.
        public var hiddenSize = 256
        /// Layers in the stack.
        public var layerCount = 1
        /// Whether each layer also reads backwards.
        public var bidirectional = true
        /// Dropout on embeddings and between layers.
        public var dropout: Float = 0.2

        /// The defaults.
        public init() {}

        /// What is wrong with the values.
        public var problems: [String] {
            Check.positive("hidden_size", hiddenSize) + Check.positive("layer_count", layerCount)
                + Check.rate("dropout", dropout)
        }

        /// A stack in `scope`.
        public func makeEncoder(
            embedding: Embedding, in scope: ParameterScope
        ) throws -> any SequenceEncoder {
            try LSTMEncoder(self, embedding: embedding, in: scope.scope("lstm"))
        }
    }

    private let config: Config
    private let embedding: Embedding
    private let layers: [(forward: LSTM, backward: LSTM?)]

    init(_ config: Config, embedding: Embedding, in scope: ParameterScope) throws {
        self.config = config
        self.embedding = embedding
        let (size, directions) = (config.hiddenSize, config.bidirectional ? 2 : 1)
        layers = try (0..<config.layerCount).map { index in
            let inputSize = index == 0 ? embedding.weight.shape[1] : directions * size
            let forward = try LSTM(inputSize, size, suffix: "_l\(index)", in: scope)
            guard config.bidirectional else { return (forward, nil) }
            let backward = try LSTM(
                inputSize, size, isReversed: true, suffix: "_l\(index)_reverse", in: scope)
            return (forward, backward)
        }
    }

    /// 2H for two directions, else H.
    public var width: Int { config.hiddenSize * (config.bidirectional ? 2 : 1) }

    /// The hidden states of the last layer, both directions side by side.
    public func callAsFunction(
        _ batch: TokenBatch, using random: RandomStream, on tape: Tape
    ) -> Variable {
        var x = embedding(batch.targets(on: tape), count: batch.tokenCount, on: tape)
        for (index, layer) in layers.enumerated() {
            x = tape.dropout(x, rate: config.dropout, using: random.stream(index))
            let ahead = layer.forward(x, packing: batch.packing, on: tape)
            x =
                layer.backward.map {
                    tape.concatenateColumns(ahead, $0(x, packing: batch.packing, on: tape))
                } ?? ahead
        }
        return x
    }
}
