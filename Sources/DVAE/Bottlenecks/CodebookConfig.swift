import SeqModel

/// How the vectors of a quantiser are learned.
public struct CodebookConfig: Codable, Sendable, Equatable {
    /// What moves the vectors.
    public enum Update: String, Codable, Sendable, CaseIterable {
        /// Moving averages of what was assigned to them.
        case ema
        /// The gradient of |sg(x) − e|².
        case gradient
        /// Nothing: they stay as they began.
        case frozen
    }

    /// n, the width in which vectors are compared; a small one keeps more of them in use.
    public var size = 16
    /// Whether all latents share one codebook.
    public var shared = false
    /// What moves the vectors.
    public var update = Update.ema
    /// β, the weight of |x − sg(e)|².
    public var commitment: Float = 0.25
    /// γ of the moving averages.
    public var decay: Float = 0.99
    /// A vector assigned less than this share of the mean use is dead and put where an example is; 0: never.
    public var revival: Float = 0.1
    /// Whether the vectors begin as the k-means of the first batch.
    public var kmeans = true

    /// The defaults.
    public init() {}

    /// What is wrong with the values: `key: got …, want …`, a line each.
    public var problems: [String] {
        Check.positive("size", size, atMost: 65_536)
            + Check.range("commitment", commitment, 0...1000) + Check.rate("decay", decay)
            + Check.rate("revival", revival)
    }
}
