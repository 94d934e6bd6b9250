import Configuration
import Tensors

/// A stack of gated recurrent layers over the token embeddings, each reading in one or both directions.
public struct GRUEncoder: SequenceEncoder {
    /// The sizes of the stack.
    public struct Config: SequenceEncoderConfig, Equatable {
        /// The name in configurations.
        public static let type = "gru"
        /// One line for lists.
        public static let summary = "gated recurrent layers, reading in both directions"

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
            try GRUEncoder(self, embedding: embedding, in: scope.scope("gru"))
        }
    }

    private let config: Config
    private let embedding: Embedding
    private let layers: [(forward: GRU, backward: GRU?)]

    init(_ config: Config, embedding: Embedding, in scope: ParameterScope) throws {
        self.config = config
        self.embedding = embedding
        var inputSize = embedding.weight.shape[1]
        var layers: [(forward: GRU, backward: GRU?)] = []
        for index in 0..<config.layerCount {
            let forward = try GRU(inputSize, config.hiddenSize, suffix: "_l\(index)", in: scope)
            let backward =
                try config.bidirectional
                ? GRU(
                    inputSize, config.hiddenSize, isReversed: true, suffix: "_l\(index)_reverse",
                    in: scope) : nil
            layers.append((forward, backward))
            inputSize = config.hiddenSize * (config.bidirectional ? 2 : 1)
        }
        self.layers = layers
    }

    /// 2H for two directions, else H.
    public var width: Int { config.hiddenSize * (config.bidirectional ? 2 : 1) }

    /// The states of the last layer, both directions side by side.
    public func callAsFunction(
        _ batch: TokenBatch, using random: RandomStream, on tape: Tape
    ) -> Variable {
        // In use the first layer's products are made once for each word of the batch.
        let words = tape.isRecording || tape.isTraining ? nil : batch.distinctTargets()
        var x =
            words.map { embedding($0.ids, count: $0.ids.count, on: tape) }
            ?? embedding(batch.targets(on: tape), count: batch.tokenCount, on: tape)
        for (index, layer) in layers.enumerated() {
            x = tape.dropout(x, rate: config.dropout, using: random.stream(index))
            let rows = index == 0 ? words?.rows : nil
            x =
                tape.isRecording
                ? recorded(x, through: layer, packing: batch.packing, on: tape)
                : states(of: x, through: layer, packing: batch.packing, rows: rows, on: tape)
        }
        return x
    }

    private func recorded(
        _ x: Variable, through layer: (forward: GRU, backward: GRU?), packing: Packing,
        on tape: Tape
    ) -> Variable {
        let ahead = layer.forward(x, packing: packing, on: tape)
        return layer.backward.map {
            tape.concatenateColumns(ahead, $0(x, packing: packing, on: tape))
        } ?? ahead
    }

    /// Both directions write their columns of one tensor.
    private func states(
        of x: Variable, through layer: (forward: GRU, backward: GRU?), packing: Packing,
        rows: [Int32]?, on tape: Tape
    ) -> Variable {
        let h = tape.arena.tensor(Shape(packing.tokenCount, width))
        let split = config.hiddenSize
        layer.forward.states(
            of: x.value, packing: packing, rows: rows, into: Matrix(h, columns: 0..<split),
            on: tape)
        layer.backward?.states(
            of: x.value, packing: packing, rows: rows, into: Matrix(h, columns: split..<width),
            on: tape)
        return Variable(constant: h)
    }
}
