/// Distinct assignments of a grammar in a random order.
///
/// Item i is a pure function of (grammar, seed, i): a keyed permutation of the sentence indices,
/// read from the start. So a longer sample begins with the shorter one, any slice can be drawn
/// alone, and slices that do not overlap share no sentence.
public struct SceneSampler: RandomAccessCollection, Sendable {
    /// The grammar drawn from.
    public let grammar: SceneGrammar
    /// The number of assignments.
    public let count: Int

    private let permutation: FeistelPermutation

    /// A sample of a grammar.
    ///
    /// - Parameters:
    ///   - grammar: the grammar to draw from.
    ///   - seed: which order.
    ///   - count: how many assignments, in `0...grammar.sentenceCount`.
    /// - Throws: `ScenesError.countOutOfRange`.
    public init(grammar: SceneGrammar, seed: UInt64, count: Int) throws(ScenesError) {
        guard (0...grammar.sentenceCount).contains(count) else {
            throw .countOutOfRange(count: count, sentenceCount: grammar.sentenceCount)
        }
        self.grammar = grammar
        self.count = count
        self.permutation = FeistelPermutation(count: grammar.sentenceCount, seed: seed)
    }

    /// Zero.
    public var startIndex: Int { 0 }
    /// The count.
    public var endIndex: Int { count }

    /// The assignment at a position of the sample.
    public subscript(position: Int) -> [Int] {
        precondition(indices.contains(position), "item \(position) not in 0..<\(count)")
        return grammar.assignment(at: permutation(position))
    }
}
