/// How often each type of a corpus came, and what that says about vocabularies.
public struct TypeFrequencies: Sendable {
    /// Occurrences of each type, descending.
    public let counts: [UInt64]
    /// All occurrences, those of pruned types included.
    public let total: UInt64

    /// Types that came once.
    public var hapaxCount: Int { counts.reduce(0) { $0 + ($1 == 1 ? 1 : 0) } }

    /// How many of the most frequent types make up a share of all occurrences; nil if all do not.
    public func typesCovering(_ share: Double) -> Int? {
        let wanted = share * Double(total)
        var covered: UInt64 = 0
        for (index, count) in counts.enumerated() {
            covered += count
            if Double(covered) >= wanted { return index + 1 }
        }
        return nil
    }

    /// The share of occurrences outside a vocabulary of so many most frequent types.
    public func outOfVocabularyRate(size: Int) -> Double {
        guard total > 0 else { return 0 }
        let covered = counts.prefix(max(0, size)).reduce(0, &+)
        return Double(total - covered) / Double(total)
    }
}
