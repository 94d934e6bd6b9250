import Configuration
import Tensors

/// An autoregressive stack of gated recurrent layers that sees the condition at every step and in its first state.
///
///     h₀ = tanh(A c + a),   hₜ = GRU([xₜ₋₁; c], hₜ₋₁),   p(xₜ | x₍<ₜ₎, c) = softmax(W f(hₜ) + b)
///
/// With a tied softmax, W is the embedding table and f a linear map to its width; else f is the identity.
public struct GRUDecoder: SequenceDecoder {
    /// The sizes of the stack.
    public struct Config: SequenceDecoderConfig, Equatable {
        /// The name in configurations.
        public static let type = "gru"
        /// One line for lists.
        public static let summary = "gated recurrent layers, conditioned at every step"

        /// H.
        public var hiddenSize = 512
        /// Layers in the stack.
        public var layerCount = 1
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
    private let project: Linear?
    private let outputWeight: Parameter
    private let outputBias: Parameter

    init(
        _ config: Config, embedding: Embedding, condition: DecoderCondition.Sizes, bos: Int32,
        in scope: ParameterScope
    ) throws {
        self.config = config
        self.embedding = embedding
        self.bos = bos
        let (vocabulary, embeddingSize) = (embedding.weight.shape[0], embedding.weight.shape[1])
        let width = config.hiddenSize
        layers = try (0..<config.layerCount).map { index in
            let part = scope.scope(index)
            return Layer(
                gru: try GRU(
                    index == 0 ? embeddingSize : width, width, in: part.scope("gru")),
                condition: try Linear(
                    condition.vector, 3 * width, bias: false, in: part.scope("condition")),
                initial: try Linear(
                    condition.vector, width, activation: .tanh, in: part.scope("initial")))
        }
        let output = scope.scope("output")
        project =
            try config.tiedSoftmax
            ? Linear(width, embeddingSize, in: output.scope("project")) : nil
        outputWeight =
            try config.tiedSoftmax
            ? embedding.weight
            : output.parameter(
                "weight", Shape(vocabulary, width),
                .uniform(bound: 1 / Float(width).squareRoot()))
        outputBias = try output.parameter("bias", Shape(vocabulary), .constant(0))
    }

    /// log p of the batch under each condition.
    public func likelihood(
        of batch: TokenBatch, condition: DecoderCondition, using random: RandomStream,
        on tape: Tape
    ) -> TokenLikelihood {
        let inputs = previousTokens(of: batch, using: random.stream("word_dropout"), on: tape)
        var x = embedding(inputs, count: batch.tokenCount, on: tape)
        for (index, layer) in layers.enumerated() {
            x = tape.dropout(x, rate: config.dropout, using: random.stream(index))
            x = layer.gru(
                x, packing: batch.packing, condition: layer.condition(condition.vector, on: tape),
                initial: layer.initial(condition.vector, on: tape), on: tape)
        }
        x = tape.dropout(x, rate: config.dropout, using: random.stream("output"))
        if let project { x = project(x, on: tape) }
        return tape.tokenLikelihood(
            x, weight: outputWeight, bias: outputBias, targets: batch.targetPointer,
            packing: batch.packing)
    }

    /// The state before the first token.
    public func makeState(condition: DecoderCondition) -> any DecoderState {
        GRUDecoderState(self, condition: condition)
    }

    /// The decoder's inputs; in training some previous tokens are replaced by `bos`, which then reads "not told".
    private func previousTokens(
        of batch: TokenBatch, using random: RandomStream, on tape: Tape
    ) -> UnsafePointer<Int32> {
        let tokens = TokenBatch.start(of: batch.inputs)
        guard tape.isTraining, config.wordDropout > 0 else { return tokens }
        var random = random
        let uniform = tape.arena.tensor(Shape(batch.tokenCount))
        random.uniform(into: uniform)
        let kept = tape.arena.int32(batch.tokenCount)
        for row in 0..<batch.tokenCount {
            kept[row] = uniform.pointer[row] < config.wordDropout ? bos : tokens[row]
        }
        return TokenBatch.start(of: kept)
    }

    /// The logits of the states h, `[R, V]`.
    func logits(_ h: Tensor, on tape: Tape) -> Tensor {
        let x = Variable(constant: h)
        return tape.linear(
            project.map { $0(x, on: tape) } ?? x, weight: outputWeight, bias: outputBias
        ).value
    }
}
