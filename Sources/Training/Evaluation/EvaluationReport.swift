import Configuration
import Files

/// What a model is worth on a set of sentences.
///
/// Likelihoods are teacher-forced, in nats; codes are hard.
public struct EvaluationReport: Codable, Sendable, Equatable {
    /// Sentences evaluated.
    public var sentences = 0
    /// Tokens predicted, end marks included.
    public var tokens = 0
    /// log p(x | z) − KL with z drawn from the posterior, mean per sentence: a lower bound on log p(x).
    public var elboNats = 0.0
    /// log p(x | z) with z drawn from the posterior, mean per sentence.
    public var reconstructionNats = 0.0
    /// KL(posterior ‖ prior), summed over latents, mean per sentence.
    public var klNats = 0.0
    /// −log p(x | z) per token with each sentence's own codes (the posterior's mode).
    public var lossNatsPerToken = 0.0
    /// Share of tokens that are the most probable one given the true previous tokens and the sentence's own codes.
    public var tokenAccuracy = 0.0
    /// Share of sentences that greedy decoding gives back to the last token; nil when not decoded.
    public var exactMatch: Double?
    /// Corpus BLEU-4 of greedy decodings against the sentences, 0 … 1; nil when not decoded.
    public var bleu: Double?
    /// D·log₂K: what the codes can hold.
    public var bitsPerSentence = 0.0
    /// Latents whose mutual information with the sentence exceeds 0.01 nat.
    public var activeLatents = 0
    /// D.
    public var latents = 0
    /// K.
    public var categories = 0
    /// exp of the entropy of the codes in use, mean over latents, 1 … K.
    public var codePerplexity = 0.0
    /// Categories that no sentence uses, over all latents.
    public var deadCodes = 0
    /// Σ_d I(x; z_d), nats.
    public var mutualInformationNats = 0.0
    /// KL of each latent, mean over sentences, nats.
    public var klPerLatent: [Double] = []
    /// −log p per token with another sentence's codes, minus that with the own: what the codes are
    /// worth.
    ///
    /// nil when there are no two sentences to exchange.
    public var shuffleGapNatsPerToken: Double?
    /// The verdict in a word.
    public var verdict = Verdict.Health.collapsed
    /// What it means and what to try, in sentences.
    public var advice: [String] = []

    /// Nothing evaluated.
    public init() {}

    /// One JSON object on one line: keys in snake case, in the order above, null for what was not measured.
    public func json() throws -> String {
        let tree = try ConfigurationTree.encode(self)
        return String(decoding: try StrictJSON.bytes(of: tree, nonFinite: .null), as: UTF8.self)
    }
}
