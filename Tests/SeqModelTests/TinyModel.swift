import TestSupport

@testable import SeqModel
@testable import Tensors

/// The chain ids → encoder → pooling → tanh of a linear map → decoder, as small as wanted, and its naive twin.
struct TinyModel {
    struct Sizes {
        var vocabulary = 7
        var embedding = 3
        var encoder = 3
        var encoderLayers = 1
        var bidirectional = true
        var queries = 2
        var condition = 4
        var decoder = 4
        var decoderLayers = 1
        var tiedSoftmax = true
        var dropout: Float = 0
        var wordDropout: Float = 0
    }

    static let bos: Int32 = 0
    static let eos: Int32 = 1

    let sizes: Sizes
    let parameters: [Parameter]
    let decoder: any SequenceDecoder
    private let encoder: any SequenceEncoder
    private let pooling: AttentionPooling
    private let conditioner: Linear

    init(_ sizes: Sizes = Sizes(), seed: UInt64 = 1) throws {
        self.sizes = sizes
        let store = ParameterStore(.seed(seed))
        let root = store.root
        let embedding = try Embedding(
            sizes.vocabulary, sizes.embedding, in: root.scope("embedding"))
        var encoderConfig = GRUEncoder.Config()
        encoderConfig.hiddenSize = sizes.encoder
        encoderConfig.layerCount = sizes.encoderLayers
        encoderConfig.bidirectional = sizes.bidirectional
        encoderConfig.dropout = sizes.dropout
        encoder = try encoderConfig.makeEncoder(embedding: embedding, in: root.scope("encoder"))
        pooling = try AttentionPooling(
            queryCount: sizes.queries, width: encoder.width, in: root.scope("pooling"))
        conditioner = try Linear(
            sizes.queries * encoder.width, sizes.condition, activation: .tanh,
            in: root.scope("condition"))
        var decoderConfig = GRUDecoder.Config()
        decoderConfig.hiddenSize = sizes.decoder
        decoderConfig.layerCount = sizes.decoderLayers
        decoderConfig.attentionSize = 0
        decoderConfig.dropout = sizes.dropout
        decoderConfig.wordDropout = sizes.wordDropout
        decoderConfig.tiedSoftmax = sizes.tiedSoftmax
        decoder = try decoderConfig.makeDecoder(
            embedding: embedding,
            condition: DecoderCondition.Sizes(
                vector: sizes.condition, codeCount: sizes.queries, code: encoder.width),
            bos: Self.bos,
            in: root.scope("decoder"))
        parameters = store.parameters
    }

    struct Pass {
        let states: Variable
        let pooled: Variable
        let condition: DecoderCondition
        let likelihood: TokenLikelihood
    }

    func batch(_ sentences: [[Int32]]) -> TokenBatch {
        TokenBatch(sentences, bos: Self.bos, eos: Self.eos)
    }

    func callAsFunction(
        _ batch: TokenBatch, using random: RandomStream = RandomStream(seed: 0, "test"),
        on tape: Tape
    ) -> Pass {
        let states = encoder(batch, using: random.stream("encoder"), on: tape)
        let pooled = pooling(states, packing: batch.packing, on: tape)
        let flatPooled = pooled.reshaped(
            Shape(batch.batchSize, sizes.queries * encoder.width))
        let condition = DecoderCondition(
            vector: conditioner(flatPooled, on: tape), codes: flatPooled)
        return Pass(
            states: states, pooled: pooled, condition: condition,
            likelihood: decoder.likelihood(
                of: batch, condition: condition, using: random.stream("decoder"), on: tape))
    }

    /// log p of each sentence in the caller's order, and the gradient of their sum by every parameter.
    func valueAndGradients(_ sentences: [[Int32]], weights: [Float]? = nil) -> (
        logLikelihoods: [Float], gradients: [[Float]]
    ) {
        for parameter in parameters { parameter.clearGradient() }
        let tape = Tape(arena: Arena(), isRecording: true)
        let batch = batch(sentences)
        let sequence = self(batch, on: tape).likelihood.sequence
        if let weights {
            tape.backward(from: tape.weighted(sequence, batch.order.map { weights[$0] }))
        } else {
            tape.backward(from: sequence)
        }
        var values = [Float](repeating: .nan, count: sentences.count)
        for (row, source) in batch.order.enumerated() { values[source] = sequence.value[row] }
        return (values, parameters.map(\.gradientArray))
    }

    var naive: NaiveModel {
        var model = NaiveModel()
        model.encoderLayers = sizes.encoderLayers
        model.bidirectional = sizes.bidirectional
        model.decoderLayers = sizes.decoderLayers
        model.tiedSoftmax = sizes.tiedSoftmax
        model.bos = Int(Self.bos)
        model.eos = Int(Self.eos)
        for parameter in parameters {
            model.parameters[parameter.name] = (parameter.doubles, parameter.shape.columns)
        }
        return model
    }

    /// Fixed sentences of the given lengths over the tokens that are neither bos nor eos.
    func sentences(_ lengths: [Int], seed: UInt64 = 1) -> [[Int32]] {
        lengths.enumerated().map { index, length in
            sampleIndices(length, below: sizes.vocabulary - 2, seed: seed &* 1000 &+ UInt64(index))
                .map { $0 + 2 }
        }
    }
}
