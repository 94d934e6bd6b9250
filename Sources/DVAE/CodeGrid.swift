import RealModule

/// The shape of discrete codes: D latents of K categories each.
public struct CodeGrid: Hashable, Sendable {
    /// D.
    public let latentCount: Int
    /// K.
    public let categoryCount: Int

    /// D latents of K categories.
    public init(latentCount: Int, categoryCount: Int) {
        self.latentCount = latentCount
        self.categoryCount = categoryCount
    }

    /// D·log₂K, what a row of codes can hold.
    public var bits: Double { Double(latentCount) * Double.log2(Double(categoryCount)) }

    /// D·ln K, the same in nats.
    public var nats: Double { Double(latentCount) * Double.log(Double(categoryCount)) }
}
