import Configuration
import Files

/// What a model is worth on a set of sentences.
///
/// Likelihoods are teacher-forced, in nats; codes are hard. What was not asked for is nil.
public struct EvaluationReport: Codable, Sendable, Equatable {
    /// Sentences evaluated.
    public var sentences = 0
    /// Tokens predicted, end marks included.
    public var tokens = 0
    /// White-space-separated words and one end mark a sentence: what perplexities of words are taken over in the
    /// literature.
    public var words = 0
    /// log p(x | z) − KL with z drawn from the posterior, mean per sentence: a lower bound on log p(x).
    public var elboNats = 0.0
    /// log p(x | z) with z drawn from the posterior, mean per sentence.
    public var reconstructionNats = 0.0
    /// KL(posterior ‖ prior), summed over latents, mean per sentence.
    public var klNats = 0.0
    /// The draws of the importance-weighted bound.
    public var importanceSamples: Int?
    /// log 1/S Σ p(x, z_s)/q(z_s | x), z_s ~ q, mean per sentence: a bound between the ELBO and log p(x) (Burda, Grosse and
    /// Salakhutdinov 2016, arXiv 1509.00519).
    public var importanceBoundNats: Double?
    /// log p(x) by summing over all codes, mean per sentence.
    public var logLikelihoodNats: Double?
    /// exp of −bound per word, of the highest of the three bounds that is there.
    public var perplexityPerWord = 0.0
    /// −bound per Unicode scalar of the text, in bits; the end of a sentence counts as one.
    public var bitsPerCharacter = 0.0
    /// −bound per byte of the text, in bits; the end of a sentence counts as one.
    public var bitsPerByte = 0.0
    /// −log p(x | z) per token with each sentence's own codes (the posterior's mode).
    public var lossNatsPerToken = 0.0
    /// Share of tokens that are the most probable one given the true previous tokens and the sentence's own codes.
    public var tokenAccuracy = 0.0
    /// Share of sentences that greedy decoding gives back to the last token; nil when not decoded.
    public var exactMatch: Double?
    /// Corpus BLEU-4 of greedy decodings against the sentences over white-space-separated words, 0 … 1; nil when not
    /// decoded.
    public var bleu: Double?
    /// The same over words by Unicode's boundaries (UAX #29), which Japanese and Thai have too.
    public var bleuUnicodeWords: Double?
    /// 1 − Levenshtein distance / length of the longer text, over grapheme clusters, mean per sentence; nil when not
    /// decoded.
    public var editSimilarity: Double?
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
    /// Rows of codes that differ from each other.
    public var distinctCodes = 0
    /// Σ_d I(x; z_d), nats, under the mean posterior of these sentences.
    public var mutualInformationNats = 0.0
    /// The same with what so many sentences are short of on average put back (``LatentStatistics/informationCorrection``).
    public var mutualInformationCorrectedNats = 0.0
    /// I(x; z) of whole codes, nats (``JointInformation``); at most ln of the sentences it was taken over.
    public var jointInformationNats: Double?
    /// The sentences it was taken over.
    public var jointInformationSentences: Int?
    /// No estimate of I(x; z) can honestly exceed this, nats: the KL, which bounds I(x; z) for every prior, and what the
    /// codes can hold.
    public var informationBoundNats = 0.0
    /// Σ_d H(mean q_d), nats.
    public var aggregateEntropyNats = 0.0
    /// Σ_d KL(mean q_d ‖ uniform), nats: how far codes as a whole are from uniform, latent by latent.
    public var aggregateKlNats = 0.0
    /// Its parts.
    public var aggregateKlPerLatent: [Double] = []
    /// KL of each latent, mean over sentences, nats.
    public var klPerLatent: [Double] = []
    /// −log p per token with another sentence's codes, minus that with the own: what the codes are
    /// worth.
    ///
    /// nil when there are no two sentences to exchange.
    public var shuffleGapNatsPerToken: Double?
    /// Under edits that keep the meaning, the share of codes that stay.
    public var codeAgreement: [CodeAgreement]?
    /// The verdict in a word.
    public var verdict = Verdict.Health.collapsed
    /// What it means and what to try, in sentences.
    public var advice: [String] = []

    /// Nothing evaluated.
    public init() {}

    /// The highest lower bound on log p(x) that was measured, nats per sentence.
    public var boundNats: Double { logLikelihoodNats ?? importanceBoundNats ?? elboNats }

    /// One JSON object on one line: keys in snake case, in the order above, null for what was not measured.
    public func json() throws -> String {
        let tree = try ConfigurationTree.encode(self)
        return String(decoding: try StrictJSON.bytes(of: tree, nonFinite: .null), as: UTF8.self)
    }
}
