import DVAE
import Foundation
import SeqModel
import Tensors
import TextCodec
import Tokenize

/// Measures a model on sentences, batch by batch; memory grows by eight bytes a sentence.
public final class Evaluator {
    let model: TextModel
    private let tokenizer: Tokenizer
    let options: EvaluationOptions
    let tape = Tape(arena: Arena(), isRecording: false)
    private let random: RandomStream
    let bounds: LikelihoodBounds

    private var report = EvaluationReport()
    private var statistics: LatentStatistics
    private var joint: JointInformation
    private var scores: ReconstructionScores?
    private var distinct: Set<UInt64> = []
    /// Of continuous latents.
    var gaussian: GaussianStatistics?
    private var klSums: [Double] = []
    private var correct = 0
    private var characters = 0
    private var bytes = 0
    private var ownLoss = 0.0
    var importanceSum = 0.0
    private var exactSum = 0.0
    private var exchanged = (loss: 0.0, ownLoss: 0.0, tokens: 0)
    private var batchIndex = 0

    /// An evaluator.
    ///
    /// - Parameters:
    ///   - options: what is measured.
    ///   - seed: of the posterior's draws.
    /// - Throws: ``TrainingError/setting(key:got:wanted:)`` when all codes are to be summed and are too many.
    public init(
        _ model: TextModel, tokenizer: Tokenizer, options: EvaluationOptions, seed: UInt64 = 1
    ) throws {
        let (latents, categories) = (
            model.config.grid?.latentCount ?? 0, model.config.grid?.categoryCount ?? 0
        )
        // There is no sum over continuous latents; the importance-weighted bound is for them too.
        if options.isExact, model.config.grid == nil { throw TextCodecError.noCodes }
        if options.isExact,
            EvaluationOptions.exactCodes(latentCount: latents, categoryCount: categories) == nil
        {
            throw TrainingError.setting(
                key: "exact", got: "a grid of D=\(latents) K=\(categories)",
                wanted: "at most \(EvaluationOptions.maximumExactCodes) codes; "
                    + "importance samples do without")
        }
        self.model = model
        self.tokenizer = tokenizer
        self.options = options
        random = RandomStream(seed: seed, "evaluation")
        bounds = LikelihoodBounds(model)
        statistics = LatentStatistics(latentCount: latents, categoryCount: categories)
        joint = JointInformation(
            latentCount: latents, categoryCount: categories,
            limit: options.jointInformationSentences)
        scores = options.decodes ? try ReconstructionScores() : nil
    }

    /// Adds a batch of token sequences.
    public func add(_ sequences: [[Int32]]) throws {
        guard !sequences.isEmpty else { return }
        tape.reset()
        let batch = model.batch(sequences)
        let stream = random.stream(batchIndex)
        batchIndex += 1
        if let continuous = model.continuous {
            let latents = measure(continuous, batch, using: stream)
            return try add(batch, latents, sequences: sequences)
        }
        let posterior = try model.posterior(of: batch, using: stream, on: tape)
        let codes = posterior.mode()
        statistics.add(posterior)
        for row in 0..<codes.rowCount { distinct.insert(Self.digest(codes[row])) }
        let draws = posterior.sample(using: stream.stream("draw"), on: tape)
        if options.jointInformationSentences > 0 { joint.add(posterior, draws: draws) }
        if let prior = model.prior {
            add(divergences: prior.divergence(from: posterior, at: draws, on: tape))
        }
        try add(
            batch,
            Latents(
                drawn: model.embed(draws, in: tape.arena), own: model.embed(codes, in: tape.arena)),
            sequences: sequences)
        if options.importanceSamples > 0 {
            importanceSum += bounds.importance(
                of: batch, posterior: posterior, samples: options.importanceSamples,
                using: stream.stream("importance")
            ).reduce(0, +)
        }
        if options.isExact { exactSum += bounds.exact(of: batch).reduce(0, +) }
    }

    /// Embeddings of a batch, `[B, D·E]`: of latents drawn from the posterior, and of its mode or mean.
    struct Latents {
        let drawn: Tensor
        let own: Tensor
    }

    private func add(_ batch: TokenBatch, _ latents: Latents, sequences: [[Int32]]) throws {
        let (drawn, own) = (likelihood(batch, latents.drawn), likelihood(batch, latents.own))
        report.sentences += batch.batchSize
        report.tokens += batch.tokenCount
        report.reconstructionNats += drawn.sequence.value.sum()
        ownLoss -= own.token.sum()
        for row in 0..<batch.tokenCount where own.best[row] == batch.targets[row] { correct += 1 }
        addExchanged(batch, latents.own, own: own)
        try addText(batch, latents.own, sequences: sequences)
    }

    private func likelihood(_ batch: TokenBatch, _ embeddings: Tensor) -> TokenLikelihood {
        model.likelihood(
            of: batch, embeddings: Variable(constant: embeddings),
            using: RandomStream(seed: 0, "unused"), on: tape)
    }

    /// Adds KL of each latent, `[B, D]`.
    func add(divergences kl: Tensor) {
        if klSums.isEmpty { klSums = [Double](repeating: 0, count: kl.columns) }
        for index in 0..<kl.count { klSums[index % kl.columns] += Double(kl.pointer[index]) }
    }

    /// What a token costs with the latents of another sentence.
    private func addExchanged(_ batch: TokenBatch, _ latents: Tensor, own: TokenLikelihood) {
        guard batch.batchSize > 1 else { return }
        // A cyclic shift by half the batch gives every sentence another one's latents.
        let half = batch.batchSize / 2
        let shifted = tape.arena.tensor(latents.shape)
        for row in 0..<batch.batchSize {
            let other = (row + half) % batch.batchSize
            shifted.rows(row..<row + 1).copy(from: latents.rows(other..<other + 1))
        }
        exchanged.loss -= likelihood(batch, shifted).token.sum()
        exchanged.ownLoss -= own.token.sum()
        exchanged.tokens += batch.tokenCount
    }

    /// The text's own measures, and what comes back of it.
    private func addText(_ batch: TokenBatch, _ own: Tensor, sequences: [[Int32]]) throws {
        let texts = try sequences.map { try tokenizer.decode($0) }
        for text in texts {
            report.words += TextPieces.fields(text).count + 1
            characters += text.count { $0 & 0xC0 != 0x80 } + 1
            bytes += text.count + 1
        }
        guard options.decodes else { return }
        let decoded = model.decode(
            embeddings: own, strategy: .greedy, precision: options.precision, on: tape
        ) { _ in random }
        for (row, candidate) in decoded.enumerated() {
            let place = batch.order[row]
            scores?.add(
                candidate: try tokenizer.decode(candidate), reference: texts[place],
                isExact: candidate == sequences[place])
        }
    }

    /// FNV-1a of a row of codes: rows that differ are hardly ever taken for one.
    private static func digest(_ row: ArraySlice<Int32>) -> UInt64 {
        row.reduce(0xcbf2_9ce4_8422_2325) {
            ($0 ^ UInt64(UInt32(bitPattern: $1))) &* 0x0000_0100_0000_01b3
        }
    }

    /// The figures of everything added.
    public func finish() -> EvaluationReport {
        var result = report
        let sentences = Double(max(1, report.sentences))
        let tokens = Double(max(1, report.tokens))
        result.latents = model.config.grid?.latentCount ?? model.config.latentCount
        result.categories = model.config.grid?.categoryCount ?? 0
        result.bitsPerSentence = model.config.bitsPerSentence
        result.reconstructionNats /= sentences
        result.klPerLatent = klSums.map { $0 / sentences }
        result.klNats = result.klPerLatent.reduce(0, +)
        result.elboNats = result.reconstructionNats - result.klNats
        if options.importanceSamples > 0 {
            result.importanceSamples = options.importanceSamples
            result.importanceBoundNats = importanceSum / sentences
        }
        if options.isExact { result.logLikelihoodNats = exactSum / sentences }
        let cost = -result.boundNats * Double(report.sentences)
        result.perplexityPerWord = exp(cost / Double(max(1, report.words)))
        result.bitsPerCharacter = cost / Double(max(1, characters)) / log(2)
        result.bitsPerByte = cost / Double(max(1, bytes)) / log(2)
        result.lossNatsPerToken = ownLoss / tokens
        result.tokenAccuracy = Double(correct) / tokens
        scores?.fill(&result)
        if let gaussian {
            fill(&result, of: gaussian)
        } else {
            fillCodeFigures(&result)
        }
        if exchanged.tokens > 0 {
            result.shuffleGapNatsPerToken =
                (exchanged.loss - exchanged.ownLoss) / Double(exchanged.tokens)
        }
        let verdict = Verdict(of: result)
        result.verdict = verdict.health
        result.advice = verdict.advice
        return result
    }

    private func fillCodeFigures(_ result: inout EvaluationReport) {
        result.activeLatents = statistics.activeLatents
        result.deadCodes = statistics.deadCodes
        result.distinctCodes = distinct.count
        result.codePerplexity =
            statistics.codePerplexity.reduce(0, +) / Double(max(1, result.latents))
        result.mutualInformationNats = statistics.mutualInformation.reduce(0, +)
        result.mutualInformationCorrectedNats =
            result.mutualInformationNats + statistics.informationCorrection.reduce(0, +)
        result.aggregateEntropyNats = statistics.aggregateEntropy.reduce(0, +)
        result.aggregateKlPerLatent = statistics.aggregateKL
        result.aggregateKlNats = result.aggregateKlPerLatent.reduce(0, +)
        result.informationBoundNats = min(
            result.klNats, Double(result.latents) * log(Double(result.categories)))
        if options.jointInformationSentences > 0 {
            result.jointInformationNats = joint.nats
            result.jointInformationSentences = joint.exampleCount
        }
    }
}
