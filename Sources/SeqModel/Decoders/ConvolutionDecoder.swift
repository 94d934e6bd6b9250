import Configuration
import Tensors

/// A stack of dilated causal convolutions that sees the condition in every block.
///
///     u = gelu(R norm(x) + C c + r),   v = gelu(convolution(u)),   x += E v + e
///
/// The dilation doubles from block to block, so that with k taps and n blocks a token sees (k − 1)(2ⁿ − 1) tokens before
/// it: how far is how much the decoder can do without its condition (Yang et al. 2017, arXiv 1702.08139; the residual
/// blocks: Kalchbrenner et al. 2016, arXiv 1610.10099).
public struct ConvolutionDecoder: SequenceDecoder {
    /// The sizes of the stack.
    public struct Config: SequenceDecoderConfig, Equatable {
        /// The name in configurations.
        public static let type = "convolution"
        /// One line for lists.
        public static let summary = "dilated causal convolutions, conditioned in every block"

        /// H, the numbers of a state between blocks.
        public var hiddenSize = 512
        /// The numbers of a state inside a block.
        public var innerSize = 256
        /// Blocks in the stack, with dilations 1, 2, 4 ….
        public var layerCount = 5
        /// Taps of a convolution.
        public var kernelSize = 3
        /// Dropout on embeddings and on the output of each block.
        public var dropout: Float = 0.1
        /// The share of previous tokens hidden from the decoder in training.
        public var wordDropout: Float = 0.25
        /// Whether the output layer is the embedding table.
        public var tiedSoftmax = true

        /// The defaults.
        public init() {}

        /// What is wrong with the values.
        public var problems: [String] {
            Check.positive("hidden_size", hiddenSize) + Check.positive("inner_size", innerSize)
                + Check.range("layer_count", layerCount, 1...16)
                + Check.range("kernel_size", kernelSize, 1...16)
                + Check.rate("dropout", dropout) + Check.range("word_dropout", wordDropout, 0...1)
        }

        /// A stack in `scope`.
        public func makeDecoder(
            embedding: Embedding, condition: DecoderCondition.Sizes, bos: Int32,
            in scope: ParameterScope
        ) throws -> any SequenceDecoder {
            try ConvolutionDecoder(
                self, embedding: embedding, condition: condition, bos: bos, in: scope)
        }
    }

    struct Block {
        let norm: LayerNorm
        /// R and r.
        let reduce: Linear
        /// C.
        let condition: Linear
        let convolution: CausalConvolution
        /// E and e.
        let expand: Linear

        /// u, given C c of each row.
        func inner(_ x: Variable, condition: Variable, on tape: Tape) -> Variable {
            tape.activation(.gelu, tape.add(reduce(norm(x, on: tape), on: tape), condition))
        }

        /// E v + e, given the result of the convolution.
        func outer(_ y: Variable, on tape: Tape) -> Variable {
            expand(tape.activation(.gelu, y), on: tape)
        }
    }

    let config: Config
    let bos: Int32
    let input: TokenInput
    let blocks: [Block]
    let norm: LayerNorm
    let output: TokenOutput

    init(
        _ config: Config, embedding: Embedding, condition: DecoderCondition.Sizes, bos: Int32,
        in scope: ParameterScope
    ) throws {
        self.config = config
        self.bos = bos
        let (width, inner) = (config.hiddenSize, config.innerSize)
        input = try TokenInput(embedding, width: width, in: scope.scope("input"))
        blocks = try (0..<config.layerCount).map { index in
            let part = scope.scope(index)
            return Block(
                norm: try LayerNorm(width, in: part.scope("norm")),
                reduce: try Linear(width, inner, in: part.scope("reduce")),
                condition: try Linear(
                    condition.vector, inner, bias: false, in: part.scope("condition")),
                convolution: try CausalConvolution(
                    inner, inner, kernelSize: config.kernelSize, dilation: 1 << index,
                    in: part.scope("convolution")),
                expand: try Linear(inner, width, in: part.scope("expand")))
        }
        norm = try LayerNorm(width, in: scope.scope("norm"))
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
        let sequence = tape.arena.int32(batch.tokenCount)
        for row in 0..<batch.tokenCount { sequence[row] = batch.packing.sequenceOfRow[row] }
        var x = input(inputs, count: batch.tokenCount, on: tape)
        x = tape.dropout(x, rate: config.dropout, using: random.stream("input"))
        for (index, block) in blocks.enumerated() {
            let spread = tape.gatherRows(
                block.condition(condition.vector, on: tape), TokenBatch.start(of: sequence),
                count: batch.tokenCount)
            let u = block.inner(x, condition: spread, on: tape)
            let y = block.outer(block.convolution(u, packing: batch.packing, on: tape), on: tape)
            x = tape.add(x, tape.dropout(y, rate: config.dropout, using: random.stream(index)))
        }
        return output.likelihood(of: batch, states: norm(x, on: tape), on: tape)
    }

    /// The state before the first token.
    public func makeState(condition: DecoderCondition, on tape: Tape) -> any DecoderState {
        ConvolutionDecoderState(self, condition: condition, on: tape)
    }
}
