import DVAE
import SeqModel
import Tensors
import TextCodec
import Tokenize

/// Measures a model on sentences, batch by batch; memory does not grow with their number.
public final class Evaluator {
    let model: TextModel
    private let tokenizer: Tokenizer
    let decodes: Bool
    let tape = Tape(arena: Arena(), isRecording: false)
    private let random: RandomStream

    var report = EvaluationReport()
    private var statistics: LatentStatistics
    /// Of continuous latents.
    var gaussian: GaussianStatistics?
    /// KL of each latent to the prior, summed over sentences.
    var divergences: [Double] = []
    private var bleu = BLEU()
    private var correct = 0
    private var exact = 0
    var ownLoss = 0.0
    private var exchanged = (loss: 0.0, ownLoss: 0.0, tokens: 0)
    private var batchIndex = 0

    /// An evaluator.
    ///
    /// - Parameters:
    ///   - decodes: whether sentences are also decoded freely, for exact match and BLEU.
    ///   - seed: of the posterior's draws.
    public init(_ model: TextModel, tokenizer: Tokenizer, decodes: Bool, seed: UInt64 = 1) {
        self.model = model
        self.tokenizer = tokenizer
        self.decodes = decodes
        random = RandomStream(seed: seed, "evaluation")
        statistics = LatentStatistics(
            latentCount: model.config.grid?.latentCount ?? 0,
            categoryCount: model.config.grid?.categoryCount ?? 0)
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
        statistics.add(posterior)
        let codes = posterior.sample(using: stream.stream("draw"), on: tape)
        if let prior = model.prior {
            add(divergences: prior.divergence(from: posterior, at: codes, on: tape))
        }
        try add(
            batch,
            Latents(
                drawn: model.embed(codes, in: tape.arena),
                own: model.embed(posterior.mode(), in: tape.arena)),
            sequences: sequences)
    }

    /// Embeddings of a batch, `[B, D·E]`: of latents drawn from the posterior, and of its mode or mean.
    struct Latents {
        let drawn: Tensor
        let own: Tensor
    }

    private func add(_ batch: TokenBatch, _ latents: Latents, sequences: [[Int32]]) throws {
        func likelihood(_ embeddings: Tensor) -> TokenLikelihood {
            model.likelihood(
                of: batch, embeddings: Variable(constant: embeddings),
                using: RandomStream(seed: 0, "unused"), on: tape)
        }
        let (drawn, own) = (likelihood(latents.drawn), likelihood(latents.own))
        report.sentences += batch.batchSize
        report.tokens += batch.tokenCount
        report.reconstructionNats += drawn.sequence.value.sum()
        ownLoss -= own.token.sum()
        for row in 0..<batch.tokenCount where own.best[row] == batch.targets[row] { correct += 1 }
        if batch.batchSize > 1 {
            // A cyclic shift by half the batch gives every sentence another one's latents.
            let half = batch.batchSize / 2
            let shifted = tape.arena.tensor(latents.own.shape)
            for row in 0..<batch.batchSize {
                let other = (row + half) % batch.batchSize
                shifted.rows(row..<row + 1).copy(from: latents.own.rows(other..<other + 1))
            }
            let other = likelihood(shifted)
            exchanged.loss -= other.token.sum()
            exchanged.ownLoss -= own.token.sum()
            exchanged.tokens += batch.tokenCount
        }
        if decodes { try decode(batch, latents.own, sequences: sequences) }
    }

    /// Adds KL of each latent, `[B, D]`.
    func add(divergences kl: Tensor) {
        if divergences.isEmpty { divergences = [Double](repeating: 0, count: kl.columns) }
        for index in 0..<kl.count { divergences[index % kl.columns] += Double(kl.pointer[index]) }
    }

    private func decode(_ batch: TokenBatch, _ own: Tensor, sequences: [[Int32]]) throws {
        let decoded = model.decode(embeddings: own, strategy: .greedy, on: tape) { _ in random }
        for (row, candidate) in decoded.enumerated() {
            let reference = sequences[batch.order[row]]
            if candidate == reference { exact += 1 }
            bleu.add(
                candidate: try Self.words(tokenizer.decode(candidate)),
                reference: try Self.words(tokenizer.decode(reference)))
        }
    }

    /// White-space-separated fields: the same for every level, so BLEU compares across levels.
    private static func words(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.split(separator: 0x20)
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
        result.klPerLatent =
            model.prior is UniformPrior
            ? statistics.klPerLatent : divergences.map { $0 / sentences }
        result.klNats = result.klPerLatent.reduce(0, +)
        result.elboNats = result.reconstructionNats - result.klNats
        result.lossNatsPerToken = ownLoss / tokens
        result.tokenAccuracy = Double(correct) / tokens
        if decodes {
            result.exactMatch = Double(exact) / sentences
            result.bleu = bleu.score
        }
        let information = gaussian?.mutualInformation ?? statistics.mutualInformation
        result.activeLatents = information.count { $0 > LatentStatistics.activityThreshold }
        result.mutualInformationNats = information.reduce(0, +)
        result.deadCodes = statistics.deadCodes
        result.codePerplexity =
            statistics.codePerplexity.reduce(0, +) / Double(max(1, result.latents))
        if exchanged.tokens > 0 {
            result.shuffleGapNatsPerToken =
                (exchanged.loss - exchanged.ownLoss) / Double(exchanged.tokens)
        }
        let verdict = Verdict(of: result)
        result.verdict = verdict.health
        result.advice = verdict.advice
        return result
    }
}
