import Configuration
import Tensors

/// An autoregressive stack of long short-term memories that sees the condition at every step and in its first state.
///
///     h₀ = tanh(A c + a),  s₀ = B c + b,   hₜ, sₜ = LSTM([xₜ₋₁; c], hₜ₋₁, sₜ₋₁),   p(xₜ | x₍<ₜ₎, c) = softmax(W f(hₜ) + w)
///
/// With a tied softmax, W is the embedding table and f a linear map to its width; else f is the identity.
public struct LSTMDecoder: SequenceDecoder {
    /// The sizes of the stack.
    public struct Config: SequenceDecoderConfig, Equatable {
        /// The name in configurations.
        public static let type = "lstm"
        /// One line for lists.
        public static let summary = "long short-term memories, conditioned at every step"

        /// H.
        public var hiddenSize = 512
        /// Layers in the stack.
        public var layerCount = 1
        /// Dropout on embeddings and states.
        public var dropout: Float = 0.2
        /// The share of previous tokens hidden from the decoder in training.
        public var wordDropout: Float = 0.25
        /// Whether the output layer is the embedding table.
        public var tiedSoftmax = true

        /// The defaults.
        public init() {}

        /// What is wrong with the values.
        public var problems: [String] {
            Check.positive("hidden_size", hiddenSize) + Check.positive("layer_count", layerCount)
                + Check.rate("dropout", dropout) + Check.range("word_dropout", wordDropout, 0...1)
        }

        /// A stack in `scope`.
        public func makeDecoder(
            embedding: Embedding, condition: DecoderCondition.Sizes, bos: Int32,
            in scope: ParameterScope
        ) throws -> any SequenceDecoder {
            try LSTMDecoder(
                self, embedding: embedding, condition: condition, bos: bos, in: scope)
        }
    }

    struct Layer {
        let lstm: LSTM
        /// `[4H, C]`: the part of the input weights that meets the condition.
        let condition: Linear
        /// A and a.
        let initial: Linear
        /// B and b.
        let initialCell: Linear

        /// The first state.
        func state(_ condition: Variable, on tape: Tape) -> LSTM.State {
            LSTM.State(h: initial(condition, on: tape), c: initialCell(condition, on: tape))
        }
    }

    let config: Config
    let embedding: Embedding
    let bos: Int32
    let layers: [Layer]
    let output: TokenOutput

    init(
        _ config: Config, embedding: Embedding, condition: DecoderCondition.Sizes, bos: Int32,
        in scope: ParameterScope
    ) throws {
        self.config = config
        self.embedding = embedding
        self.bos = bos
        let (width, size) = (config.hiddenSize, condition.vector)
        layers = try (0..<config.layerCount).map { index in
            let part = scope.scope(index)
            return Layer(
                lstm: try LSTM(
                    index == 0 ? embedding.weight.shape[1] : width, width, in: part.scope("lstm")),
                condition: try Linear(size, 4 * width, bias: false, in: part.scope("condition")),
                initial: try Linear(size, width, activation: .tanh, in: part.scope("initial")),
                initialCell: try Linear(size, width, in: part.scope("initial_cell")))
        }
        output = try TokenOutput(
            width: width, embedding: embedding, isTied: config.tiedSoftmax,
            in: scope.scope("output"))
    }

    /// log p of the batch under each condition.
    public func likelihood(
        of batch: TokenBatch, condition: DecoderCondition, using random: RandomStream,
        on tape: Tape
    ) -> TokenLikelihood {
        let inputs = batch.inputs(
            hiding: config.wordDropout, bos: bos, using: random.stream("word_dropout"), on: tape)
        let c = condition.vector
        var x = embedding(inputs, count: batch.tokenCount, on: tape)
        for (index, layer) in layers.enumerated() {
            x = tape.dropout(x, rate: config.dropout, using: random.stream(index))
            x = layer.lstm(
                x, packing: batch.packing, condition: layer.condition(c, on: tape),
                initial: layer.state(c, on: tape), on: tape)
        }
        x = tape.dropout(x, rate: config.dropout, using: random.stream("output"))
        return output.likelihood(of: batch, states: x, on: tape)
    }

    /// The state before the first token.
    public func makeState(condition: DecoderCondition, on tape: Tape) -> any DecoderState {
        LSTMDecoderState(self, condition: condition, on: tape)
    }
}
