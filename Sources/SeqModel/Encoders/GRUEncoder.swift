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
    /// The products of words with the first layer's input weights of each direction, for a model in use.
    private let words: (forward: WordProducts, backward: WordProducts?)

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
        words = (
            WordProducts(embedding, weight: layers[0].forward.weightIH),
            layers[0].backward.map { WordProducts(embedding, weight: $0.weightIH) }
        )
    }

    /// 2H for two directions, else H.
    public var width: Int { config.hiddenSize * (config.bidirectional ? 2 : 1) }

    /// The states of the last layer, both directions side by side.
    public func callAsFunction(
        _ batch: TokenBatch, using random: RandomStream, on tape: Tape
    ) -> Variable {
        if tape.isRecording || tape.isTraining || tape.precision != .fp32 {
            let x = embedding(batch.targets(on: tape), count: batch.tokenCount, on: tape)
            return upper(layers[...], of: x, batch: batch, using: random, on: tape)
        }
        return upper(
            layers.dropFirst(), of: lowest(of: batch, on: tape), batch: batch, using: random,
            on: tape)
    }

    /// The states of `layers`, a suffix of the stack, on x.
    private func upper(
        _ layers: ArraySlice<(forward: GRU, backward: GRU?)>, of x: Variable, batch: TokenBatch,
        using random: RandomStream, on tape: Tape
    ) -> Variable {
        zip(layers.indices, layers).reduce(x) { x, next in
            let (index, layer) = next
            let input = tape.dropout(x, rate: config.dropout, using: random.stream(index))
            return tape.isRecording
                ? recorded(input, through: layer, packing: batch.packing, on: tape)
                : states(of: input, through: layer, packing: batch.packing, on: tape)
        }
    }

    /// The states of the first layer in use: each word's products are made once.
    private func lowest(of batch: TokenBatch, on tape: Tape) -> Variable {
        let tokens = batch.distinctTargets()
        return bothDirections(of: layers[0], packing: batch.packing, on: tape) { layer, h in
            let kept = layer.isReversed ? words.backward ?? words.forward : words.forward
            let (products, places) = kept(tokens.ids, arena: tape.arena)
            layer.states(
                products: products, packing: batch.packing,
                rows: tokens.rows.map { row in places.map { $0[Int(row)] } ?? row }, into: h,
                on: tape)
        }
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

    private func states(
        of x: Variable, through layer: (forward: GRU, backward: GRU?), packing: Packing,
        on tape: Tape
    ) -> Variable {
        bothDirections(of: layer, packing: packing, on: tape) { layer, h in
            layer.states(of: x.value, packing: packing, into: h, on: tape)
        }
    }

    /// Both directions write their columns of one tensor.
    private func bothDirections(
        of layer: (forward: GRU, backward: GRU?), packing: Packing, on tape: Tape,
        _ write: (_ layer: GRU, _ h: Matrix) -> Void
    ) -> Variable {
        let h = tape.arena.tensor(Shape(packing.tokenCount, width))
        let split = config.hiddenSize
        write(layer.forward, Matrix(h, columns: 0..<split))
        if let backward = layer.backward { write(backward, Matrix(h, columns: split..<width)) }
        return Variable(constant: h)
    }
}
