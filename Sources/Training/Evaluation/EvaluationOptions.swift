import DVAE
import Tensors

/// What is measured besides likelihoods and the use of codes, all of which takes longer.
public struct EvaluationOptions: Sendable, Equatable {
    /// Whether sentences are also decoded freely, for exact matches, BLEU and edit similarity.
    public var decodes = false
    /// Of products when the decoder decodes freely; all else is measured in fp32.
    public var precision = Precision.fastest
    /// S, the draws of the importance-weighted bound; 0: none.
    public var importanceSamples = 0
    /// Whether log p(x) is summed over all codes; for grids of at most ``maximumExactCodes``.
    public var isExact = false
    /// The most sentences over which the information of whole codes is taken; 0: none.
    public var jointInformationSentences = 0

    /// The largest K^D summed over.
    public static let maximumExactCodes = 4096

    /// The quick part alone.
    public init() {}

    /// The quick part, and free decoding if so said.
    public init(decodes: Bool) { self.decodes = decodes }

    /// K^D where it can be summed over; nil otherwise.
    public static func exactCodes(latentCount: Int, categoryCount: Int) -> Int? {
        var codes = 1
        for _ in 0..<latentCount {
            guard codes <= maximumExactCodes / categoryCount else { return nil }
            codes *= categoryCount
        }
        return codes
    }
}
