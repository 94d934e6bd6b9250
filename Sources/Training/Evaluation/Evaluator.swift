import DVAE
import SeqModel
import Tensors
import TextCodec
import Tokenize

/// Measures a model on sentences, batch by batch; memory does not grow with their number.
public final class Evaluator {
    private let model: TextModel
    private let tokenizer: Tokenizer
    private let decodes: Bool
    private let tape = Tape(arena: Arena(), isRecording: false)
    private let random: RandomStream

    private var report = EvaluationReport()
    private var statistics: LatentStatistics
    private var bleu = BLEU()
    private var correct = 0
    private var exact = 0
    private var ownLoss = 0.0
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
            latentCount: model.config.latentCount, categoryCount: model.config.categoryCount)
    }

    /// Adds a batch of token sequences.
    public func add(_ sequences: [[Int32]]) throws {
        guard !sequences.isEmpty else { return }
        tape.reset()
        let batch = model.batch(sequences)
        let stream = random.stream(batchIndex)
        batchIndex += 1
        let posterior = model.posterior(of: batch, using: stream, on: tape)
        let codes = posterior.mode()
        statistics.add(posterior)
        let drawn = model.likelihood(
            of: batch, codes: posterior.sample(using: stream.stream("draw"), on: tape), on: tape)
        let own = model.likelihood(of: batch, codes: codes, on: tape)
        report.sentences += batch.batchSize
        report.tokens += batch.tokenCount
        report.reconstructionNats += drawn.sequence.value.sum()
        ownLoss -= own.token.sum()
        for row in 0..<batch.tokenCount where own.best[row] == batch.targets[row] { correct += 1 }
        if batch.batchSize > 1 {
            // A cyclic shift by half the batch gives every sentence another one's codes.
            let half = batch.batchSize / 2
            let shifted = codes.rows((0..<batch.batchSize).map { ($0 + half) % batch.batchSize })
            let other = model.likelihood(of: batch, codes: shifted, on: tape)
            exchanged.loss -= other.token.sum()
            exchanged.ownLoss -= own.token.sum()
            exchanged.tokens += batch.tokenCount
        }
        if decodes { try decode(batch, codes: codes, sequences: sequences) }
    }

    private func decode(_ batch: TokenBatch, codes: Codes, sequences: [[Int32]]) throws {
        let decoded = model.decode(codes, strategy: .greedy, on: tape) { _ in random }
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
        result.latents = model.config.latentCount
        result.categories = model.config.categoryCount
        result.bitsPerSentence = model.config.bitsPerSentence
        result.reconstructionNats /= sentences
        result.klPerLatent = statistics.klPerLatent
        result.klNats = statistics.klPerLatent.reduce(0, +)
        result.elboNats = result.reconstructionNats - result.klNats
        result.lossNatsPerToken = ownLoss / tokens
        result.tokenAccuracy = Double(correct) / tokens
        if decodes {
            result.exactMatch = Double(exact) / sentences
            result.bleu = bleu.score
        }
        result.activeLatents = statistics.activeLatents
        result.mutualInformationNats = statistics.mutualInformation.reduce(0, +)
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
