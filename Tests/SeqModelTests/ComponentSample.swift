import Configuration
import Foundation
import TestSupport

@testable import SeqModel
@testable import Tensors

/// Any encoder with any decoder, small, from ids through pooling to log p.
struct ComponentSample {
    static let (bos, eos): (Int32, Int32) = (0, 1)

    /// A small form of every encoder, by its name in configurations.
    static func encoder(_ type: String, dropout: Float = 0) -> (any SequenceEncoderConfig)? {
        switch type {
        case GRUEncoder.Config.type:
            var config = GRUEncoder.Config()
            (config.hiddenSize, config.layerCount, config.dropout) = (9, 2, dropout)
            return config
        case LSTMEncoder.Config.type:
            var config = LSTMEncoder.Config()
            (config.hiddenSize, config.layerCount, config.dropout) = (9, 2, dropout)
            return config
        case TransformerEncoder.Config.type:
            var config = TransformerEncoder.Config()
            (config.hiddenSize, config.layerCount, config.headCount) = (20, 2, 2)
            (config.feedForwardSize, config.dropout) = (24, dropout)
            return config
        case BagEncoder.Config.type:
            var config = BagEncoder.Config()
            (config.hiddenSize, config.dropout) = (18, dropout)
            return config
        default: return nil
        }
    }

    /// The Transformer with codes as a prefix.
    static let prefixed = "transformer, prefix"

    /// What stands behind the name of a decoder whose first code tells the length.
    static let paced = ", paced"

    /// A small form of every decoder, by its name in configurations.
    static func decoder(
        _ type: String, dropout: Float = 0, tiedSoftmax: Bool = true
    ) -> (any SequenceDecoderConfig)? {
        switch type {
        case GRUDecoder.Config.type:
            var config = GRUDecoder.Config()
            (config.hiddenSize, config.layerCount, config.tiedSoftmax) = (18, 2, tiedSoftmax)
            (config.attentionSize, config.headCount) = (12, 2)
            (config.dropout, config.wordDropout) = (dropout, dropout)
            return config
        case LSTMDecoder.Config.type:
            var config = LSTMDecoder.Config()
            (config.hiddenSize, config.layerCount, config.tiedSoftmax) = (18, 2, tiedSoftmax)
            (config.dropout, config.wordDropout) = (dropout, dropout)
            return config
        case TransformerDecoder.Config.type:
            var config = TransformerDecoder.Config()
            (config.hiddenSize, config.layerCount, config.headCount) = (20, 2, 2)
            (config.feedForwardSize, config.feedForward) = (24, .swiglu)
            (config.dropout, config.wordDropout) = (dropout, dropout)
            config.tiedSoftmax = tiedSoftmax
            return config
        case Self.prefixed:
            guard
                var config = Self.decoder(
                    TransformerDecoder.Config.type, dropout: dropout, tiedSoftmax: tiedSoftmax)
                    as? TransformerDecoder.Config
            else { return nil }
            config.codesAs = .prefix
            return config
        case ConvolutionDecoder.Config.type:
            var config = ConvolutionDecoder.Config()
            (config.hiddenSize, config.innerSize, config.layerCount) = (20, 14, 3)
            (config.dropout, config.wordDropout) = (dropout, dropout)
            config.tiedSoftmax = tiedSoftmax
            return config
        default: return nil
        }
    }

    let parameters: [Parameter]
    let decoder: any SequenceDecoder
    private let encoder: any SequenceEncoder
    private let pooling: AttentionPooling
    private let conditioner: Linear
    private let tellsLengths: Bool

    init(
        _ encoderConfig: any SequenceEncoderConfig, _ decoderConfig: any SequenceDecoderConfig,
        lengthCodeCount: Int = 0, embeddingSize: Int = 20, seed: UInt64 = 1
    ) throws {
        tellsLengths = lengthCodeCount > 0
        let store = ParameterStore(.seed(seed))
        let root = store.root
        let embedding = try Embedding(31, embeddingSize, in: root.scope("embedding"))
        encoder = try encoderConfig.makeEncoder(embedding: embedding, in: root.scope("encoder"))
        pooling = try AttentionPooling(
            queryCount: 3, width: encoder.width, in: root.scope("pooling"))
        conditioner = try Linear(
            3 * encoder.width, 7, activation: .tanh, in: root.scope("condition"))
        decoder = try decoderConfig.makeDecoder(
            embedding: embedding,
            condition: DecoderCondition.Sizes(
                vector: 7, codeCount: 3, code: encoder.width,
                lengthCodeCount: lengthCodeCount),
            bos: Self.bos, in: root.scope("decoder"))
        parameters = store.parameters
    }

    /// Sentences of 0 … 19 tokens in no order of length.
    func sentences(_ count: Int) -> [[Int32]] {
        (0..<count).map { index in
            sampleIndices(index * 7 % 20, below: 29, seed: UInt64(index)).map { $0 + 2 }
        }
    }

    func batch(_ sentences: [[Int32]]) -> TokenBatch {
        TokenBatch(sentences, bos: Self.bos, eos: Self.eos)
    }

    struct Pass {
        let states: Variable
        let condition: DecoderCondition
        let likelihood: TokenLikelihood
    }

    func callAsFunction(
        _ batch: TokenBatch, using random: RandomStream = RandomStream(seed: 0, "test"),
        on tape: Tape
    ) -> Pass {
        let states = encoder(batch, using: random.stream("encoder"), on: tape)
        let codes = pooling(states, packing: batch.packing, on: tape).reshaped(
            Shape(batch.batchSize, 3 * encoder.width))
        let condition = DecoderCondition(
            vector: conditioner(codes, on: tape), codes: codes,
            logLength: tellsLengths ? logLengths(of: batch, in: tape.arena) : nil)
        return Pass(
            states: states, condition: condition,
            likelihood: decoder.likelihood(
                of: batch, condition: condition, using: random.stream("decoder"), on: tape))
    }

    /// Near the truth, as coarse codes tell it.
    private func logLengths(of batch: TokenBatch, in arena: Arena) -> Tensor {
        let result = arena.tensor(Shape(batch.batchSize))
        for (row, steps) in batch.packing.lengths.enumerated() {
            result.pointer[row] = (4 * log(Float(steps))).rounded() / 4
        }
        return result
    }
}
