import DVAE
import SeqModel
import Tensors

/// The special tokens and size of a vocabulary: all that a model knows of its tokenizer.
public struct TokenSpace: Sendable, Equatable {
    /// V.
    public let vocabularySize: Int
    /// The start mark.
    public let bos: Int32
    /// The end mark.
    public let eos: Int32

    /// A vocabulary of V tokens.
    public init(vocabularySize: Int, bos: Int32, eos: Int32) {
        self.vocabularySize = vocabularySize
        self.bos = bos
        self.eos = eos
    }
}

/// An autoencoder of token sequences.
///
/// tokens → encoder states `[N, W]`, and the token embeddings beside them → D learned queries pool them to `[B, D, W]` →
/// bottleneck: posterior, codes and their embeddings `[B, D·E]` → condition `[B, C]` → decoder. Where latents tell lengths
/// (``ModelConfig/lengthLatentCount``), they stand before those that read.
public final class TextModel {
    /// The sizes.
    public let config: ModelConfig
    /// The vocabulary.
    public let tokens: TokenSpace
    /// What stands between encoder and decoder.
    public let bottleneck: any Bottleneck
    /// A prior over the codes that was learned after the model, if there is one.
    public var learnedPrior: LearnedPrior?
    /// What latents of length go by, if there are any.
    public let lengthScale: LengthScale?
    /// Every learned tensor and every buffer, in the order of files.
    public let parameters: [Parameter]

    private let embedding: Embedding
    private let encoder: any SequenceEncoder
    private let pooling: AttentionPooling
    private let conditioner: Linear
    private let decoder: any SequenceDecoder

    /// A model with fresh parameters or those of a file, as `source` says.
    public init(
        _ config: ModelConfig, tokens: TokenSpace, source: ParameterStore.Source
    ) throws {
        self.config = config
        self.tokens = tokens
        let store = ParameterStore(source)
        let root = store.root
        embedding = try Embedding(
            tokens.vocabularySize, config.embeddingSize, in: root.scope("embedding"))
        encoder = try config.encoder.component.makeEncoder(
            embedding: embedding, in: root.scope("encoder"))
        let width = encoder.width + (config.pooling.readsTokens ? config.embeddingSize : 0)
        pooling = try AttentionPooling(
            queryCount: config.latentCount - config.toldLatentCount, width: width,
            windowWidth: config.pooling.windowWidth, in: root.scope("pooling"))
        bottleneck = try config.bottleneck.component.makeBottleneck(
            BottleneckSizes(
                latentCount: config.latentCount, categoryCount: config.categoryCount,
                featureSize: width, embeddingSize: config.codeEmbeddingSize,
                toldCount: config.toldLatentCount),
            prior: config.prior.component, in: root.scope("latent"))
        lengthScale = try config.toldLatentCount > 0 ? LengthScale(in: root.scope("length")) : nil
        conditioner = try Linear(
            config.latentCount * config.codeEmbeddingSize, config.conditionSize,
            in: root.scope("condition"))
        decoder = try config.decoder.component.makeDecoder(
            embedding: embedding,
            condition: DecoderCondition.Sizes(
                vector: config.conditionSize, codeCount: config.latentCount,
                code: config.codeEmbeddingSize, lengthCodeCount: config.toldLatentCount),
            bos: tokens.bos, in: root.scope("decoder"))
        parameters = store.parameters
    }

    /// What an optimizer moves.
    public var trainedParameters: [Parameter] { parameters.filter(\.isTrained) }

    /// The number of learned numbers.
    public var parameterCount: Int { trainedParameters.reduce(0) { $0 + $1.shape.count } }

    /// The bottleneck of codes, if latents are discrete.
    public var discrete: (any DiscreteBottleneck)? { bottleneck as? any DiscreteBottleneck }

    /// The bottleneck without codes, if latents are continuous.
    public var continuous: (any ContinuousBottleneck)? { bottleneck as? any ContinuousBottleneck }

    /// p(z): learned afterwards if it was, else that of the bottleneck; nil where there are no codes.
    public var prior: (any Prior)? { learnedPrior?.autoregressive ?? discrete?.prior }

    /// A batch of sequences, which hold neither start nor end mark.
    public func batch(_ sequences: [[Int32]]) -> TokenBatch {
        TokenBatch(sequences, bos: tokens.bos, eos: tokens.eos)
    }

    /// What the bottleneck sees of each sequence, in packed order, `[B, D, F]`.
    public func features(
        of batch: TokenBatch, using random: RandomStream, on tape: Tape
    ) -> Variable {
        let states = encoder(batch, using: random.stream("encoder"), on: tape)
        let read =
            config.pooling.readsTokens
            ? pooling(states, beside: embedding, of: batch, on: tape)
            : pooling(states, packing: batch.packing, on: tape)
        guard let told = lengthFeatures(of: batch, width: read.shape[2], in: tape.arena) else {
            return read
        }
        let flat = read.reshaped(Shape(batch.batchSize, read.shape[1] * read.shape[2]))
        return tape.concatenateColumns(Variable(constant: told), flat).reshaped(
            Shape(batch.batchSize, config.latentCount, read.shape[2]))
    }

    /// q(z | x) of each sequence, in packed order; a quantiser's has all its mass on one code.
    ///
    /// - Throws: ``TextCodecError/noCodes`` where latents are continuous.
    public func posterior(
        of batch: TokenBatch, using random: RandomStream, on tape: Tape
    ) throws -> CategoricalGrid {
        guard let discrete else { throw TextCodecError.noCodes }
        return discrete.posterior(features(of: batch, using: random, on: tape), on: tape)
    }

    /// log p(x | z) for embeddings of latents, `[B, D·E]`, in packed order.
    public func likelihood(
        of batch: TokenBatch, embeddings: Variable, using random: RandomStream, on tape: Tape
    ) -> TokenLikelihood {
        decoder.likelihood(
            of: batch, condition: condition(embeddings, on: tape),
            using: random.stream("decoder"), on: tape)
    }

    /// log p(x | z) for one-hot or relaxed latents `[B, D, K]`, in packed order: of the categorical bottleneck alone.
    public func likelihood(
        of batch: TokenBatch, latents: Variable, using random: RandomStream, on tape: Tape
    ) -> TokenLikelihood {
        guard let categorical = bottleneck as? DiscreteVAE else {
            preconditionFailure("\(config.bottleneck.type) latents cannot be relaxed")
        }
        return likelihood(
            of: batch, embeddings: categorical.embed(latents, on: tape), using: random, on: tape)
    }

    /// log p(x | z) for codes, one row per sequence in packed order.
    public func likelihood(
        of batch: TokenBatch, codes: Codes, on tape: Tape
    ) -> TokenLikelihood {
        likelihood(
            of: batch, embeddings: Variable(constant: embed(codes, in: tape.arena)),
            using: RandomStream(seed: 0, "unused"), on: tape)
    }

    /// The training loss of a batch, and the teacher-forced scores of its tokens under the latents drawn.
    ///
    /// - Parameter state: what the objective keeps beside the model. With a bag of words there, the reconstruction told is
    ///   that of the first draw, without the bag.
    public func bound(
        of batch: TokenBatch, objective: Objective, at step: Int, using random: RandomStream,
        on tape: Tape, state: TextObjectiveState? = nil
    ) -> (bound: Bound, scores: TokenLikelihood?) {
        var scores: TokenLikelihood?
        var bound = bottleneck.bound(
            features: features(of: batch, using: random, on: tape), objective: objective, at: step,
            using: random, on: tape, state: state?.objective
        ) { embeddings, tape in
            let condition = condition(embeddings, on: tape)
            let likelihood = decoder.likelihood(
                of: batch, condition: condition, using: random.stream("decoder"), on: tape)
            if scores == nil { scores = likelihood }
            guard let state, let bag = state.bagOfWords else { return likelihood.sequence }
            let words = bag(condition.vector, batch: batch, on: tape)
            return tape.add(likelihood.sequence, tape.scale(words, by: state.bagOfWordsWeight))
        }
        if state?.bagOfWords != nil, let scores {
            bound.reconstruction = Float(
                scores.sequence.value.sum() / Double(batch.batchSize))
        }
        return (bound, scores)
    }

    /// The embeddings of codes, `[B, D·E]`.
    public func embed(_ codes: Codes, in arena: Arena) -> Tensor {
        guard let discrete else { preconditionFailure("a model without codes was given some") }
        return discrete.embed(codes, in: arena)
    }

    /// Free-running sequences for codes, one a row.
    ///
    /// Row i draws from `random(i)`; `precision` is that of products.
    public func decode(
        _ codes: Codes, strategy: SearchStrategy, precision: Precision = .fp32, on tape: Tape,
        random: (Int) -> RandomStream
    ) -> [[Int32]] {
        guard codes.rowCount > 0 else { return [] }
        return decode(
            embeddings: embed(codes, in: tape.arena), strategy: strategy, precision: precision,
            on: tape, random: random)
    }

    /// Free-running sequences for embeddings of latents, `[B, D·E]`, one a row.
    public func decode(
        embeddings: Tensor, strategy: SearchStrategy, precision: Precision = .fp32, on tape: Tape,
        random: (Int) -> RandomStream
    ) -> [[Int32]] {
        let tape = Tape(arena: tape.arena, isRecording: false, precision: precision)
        let state = decoder.makeState(
            condition: condition(Variable(constant: embeddings), on: tape), on: tape)
        let search = Search(
            strategy: strategy, bos: tokens.bos, eos: tokens.eos,
            maximumLength: config.maximumLength)
        return search(state, count: embeddings.rows, random: random)
    }

    /// What the latents of length are told of each sequence, in packed order, `[B, m·F]`.
    private func lengthFeatures(of batch: TokenBatch, width: Int, in arena: Arena) -> Tensor? {
        guard let lengthScale, let categorical = bottleneck as? DiscreteVAE else { return nil }
        let count = config.toldLatentCount
        let told = arena.zeros(Shape(batch.batchSize, count * width))
        for (row, steps) in batch.packing.lengths.enumerated() {
            let share = lengthScale.share(ofSteps: Int(steps))
            for (latent, digit) in categorical.digits(ofShare: share).enumerated() {
                told.pointer[(row * count + latent) * width] = Float(digit)
            }
        }
        return told
    }

    /// ln of the steps that codes tell, from their embeddings, `[B]`.
    private func logLength(_ embeddings: Tensor, in arena: Arena) -> Tensor? {
        guard let lengthScale, let categorical = bottleneck as? DiscreteVAE else { return nil }
        let shares = categorical.shares(of: embeddings)
        let result = arena.tensor(Shape(shares.count))
        for (row, share) in shares.enumerated() {
            result.pointer[row] = lengthScale.logLength(ofShare: share)
        }
        return result
    }

    private func condition(_ embeddings: Variable, on tape: Tape) -> DecoderCondition {
        DecoderCondition(
            vector: conditioner(embeddings, on: tape), codes: embeddings,
            logLength: logLength(embeddings.value, in: tape.arena))
    }
}
