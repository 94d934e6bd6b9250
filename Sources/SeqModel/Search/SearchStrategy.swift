/// How tokens are chosen when a decoder runs freely.
public enum SearchStrategy: Sendable, Equatable {
    /// The most probable token at each step.
    case greedy
    /// A token drawn at each step.
    case sample(SamplingOptions)
    /// The most probable sequences found by keeping `width` candidates (scored by log p / length^`lengthPenalty`).
    case beam(width: Int, lengthPenalty: Float)
}

/// What a token is drawn from.
public struct SamplingOptions: Sendable, Equatable {
    /// Logits are divided by it: below 1 is safer, above 1 wilder.
    public var temperature: Float
    /// Only the k most probable tokens, if given (Fan et al.
    ///
    /// 2018, arXiv 1805.04833).
    public var topK: Int?
    /// Only the most probable tokens that together hold this probability, if given (Holtzman et al.
    ///
    /// 2020, arXiv 1904.09751).
    public var topP: Float?

    /// Plain sampling by default.
    public init(temperature: Float = 1, topK: Int? = nil, topP: Float? = nil) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
    }

    /// What is wrong with the values, a line each.
    public var problems: [String] {
        var lines: [String] = []
        if !(temperature.isFinite && temperature >= 1e-4 && temperature <= 1e4) {
            lines.append("temperature: got \(temperature), want 0.0001 … 10000")
        }
        if let topK, topK < 1 { lines.append("top-k: got \(topK), want at least 1") }
        if let topP, !(topP > 0 && topP <= 1) {
            lines.append("top-p: got \(topP), want more than 0 and at most 1")
        }
        return lines
    }
}
