import Configuration
import Tensors

/// An autoregressive stack of gated recurrent layers that sees the condition at every step and in its first state, and
/// may attend to the code embeddings.
///
///     h₀ = tanh(A c + a),   hₜ = GRU([xₜ₋₁; c], hₜ₋₁),   h′ₜ = hₜ + J attention(hₜ, codes),   p(xₜ | x₍<ₜ₎, c) = softmax(W f(h′ₜ) + b)
///
/// With attention (``CodeAttention``) a word that one latent names need not travel through the condition and every
/// state before it. With a tied softmax, W is the embedding table and f a linear map to its width; else f is the
/// identity.
public struct GRUDecoder: SequenceDecoder {
    /// The sizes of the stack.
    public struct Config: SequenceDecoderConfig, Equatable {
        /// The name in configurations.
        public static let type = "gru"
        /// One line for lists.
        public static let summary = "gated recurrent layers that attend to the codes"

        /// H.
        public var hiddenSize = 512
        /// Layers in the stack.
        public var layerCount = 1
        /// The width of the attention to the code embeddings; 0: none.
        public var attentionSize = 256
        /// Heads of that attention; its width must be an even multiple.
        public var headCount = 8
        /// Dropout on embeddings and states.
        public var dropout: Float = 0.2
        /// The share of previous tokens hidden from the decoder in training, so that it must use
        /// the condition (Bowman et al.
        ///
        /// 2016, arXiv 1511.06349).
        public var wordDropout: Float = 0.25
        /// Whether the output layer is the embedding table (Press and Wolf 2017, arXiv 1608.05859).
        public var tiedSoftmax = true

        /// The defaults.
        public init() {}

        /// What is wrong with the values.
        public var problems: [String] {
            Check.positive("hidden_size", hiddenSize) + Check.positive("layer_count", layerCount)
                + Check.range("attention_size", attentionSize, 0...65_536)
                + Check.positive("head_count", headCount)
                + (headCount > 0 && attentionSize % (2 * headCount) != 0
                    ? [
                        "attention_size: got \(attentionSize), "
                            + "want an even multiple of head_count = \(headCount)"
                    ] : [])
                + Check.rate("dropout", dropout) + Check.range("word_dropout", wordDropout, 0...1)
        }

        /// A stack in `scope`.
        public func makeDecoder(
            embedding: Embedding, condition: DecoderCondition.Sizes, bos: Int32,
            in scope: ParameterScope
        ) throws -> any SequenceDecoder {
            try GRUDecoder(
                self, embedding: embedding, condition: condition, bos: bos, in: scope)
        }
    }

    struct Layer {
        let gru: GRU
        /// C, `[3H, C]`: the part of the input weights that meets the condition.
        let condition: Linear
        /// A and a.
        let initial: Linear
    }

    let config: Config
    let embedding: Embedding
    let bos: Int32
    let layers: [Layer]
    /// The products of words with the first layer's input weights, for free-running decoding.
    let words: WordProducts
    let attention: (codes: CodeAttention, join: Linear)?
    let pace: Pace?
    private let output: TokenOutput

    init(
        _ config: Config, embedding: Embedding, condition: DecoderCondition.Sizes, bos: Int32,
        in scope: ParameterScope
    ) throws {
        self.config = config
        self.embedding = embedding
        self.bos = bos
        let width = config.hiddenSize
        layers = try (0..<config.layerCount).map { index in
            let part = scope.scope(index)
            return Layer(
                gru: try GRU(
                    index == 0 ? embedding.weight.shape[1] : width, width, in: part.scope("gru")),
                condition: try Linear(
                    condition.vector, 3 * width, bias: false, in: part.scope("condition")),
                initial: try Linear(
                    condition.vector, width, activation: .tanh, in: part.scope("initial")))
        }
        words = WordProducts(embedding, weight: layers[0].gru.weightIH)
        let part = scope.scope("attention")
        attention =
            try config.attentionSize == 0
            ? nil
            : (
                CodeAttention(
                    width: width, codes: condition, size: config.attentionSize,
                    headCount: config.headCount, in: part),
                Linear(config.attentionSize, width, in: part.scope("join"))
            )
        pace =
            config.attentionSize == 0
            ? nil : Pace(condition, featureCount: config.attentionSize / config.headCount)
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
            x = layer.gru(
                x, packing: batch.packing, condition: layer.condition(c, on: tape),
                initial: layer.initial(c, on: tape), on: tape)
        }
        x = tape.dropout(x, rate: config.dropout, using: random.stream("output"))
        x = attended(
            x, memory: attention?.codes.memory(condition.codes, on: tape),
            pace: pace?(condition, packing: batch.packing, on: tape), packing: batch.packing,
            on: tape)
        return output.likelihood(of: batch, states: x, on: tape)
    }

    /// The state before the first token.
    public func makeState(condition: DecoderCondition, on tape: Tape) -> any DecoderState {
        GRUDecoderState(self, condition: condition, on: tape)
    }

    /// The logits after the states h, `[R, V]`.
    func logits(
        _ h: Variable, memory: CodeAttention.Memory?, pace: Variable?, packing: Packing,
        on tape: Tape
    ) -> Tensor {
        output.logits(
            attended(h, memory: memory, pace: pace, packing: packing, on: tape), on: tape)
    }

    /// h′.
    private func attended(
        _ h: Variable, memory: CodeAttention.Memory?, pace: Variable?, packing: Packing,
        on tape: Tape
    ) -> Variable {
        guard let attention, let memory else { return h }
        let context = attention.codes(h, memory: memory, pace: pace, packing: packing, on: tape)
        return tape.add(h, attention.join(context, on: tape))
    }
}
