/// A deterministic, unambiguous grammar of short English sentences with known factors.
///
/// A sentence is a choice of one value for each of ten independent factors:
///
///     The {agent} {modality, tense, polarity, action} {object} {place} {time}.
///
/// `render` is injective and `parse` is its exact inverse, so a model of these sentences can be
/// judged factor by factor. A sentence has 9 to 14 words.
///
/// An *assignment* is one value index per factor, in the order of `factors`; its *index* reads
/// the assignment as a mixed-radix number whose last factor varies fastest.
public struct SceneGrammar: Sendable {
    /// One thing that varies between sentences, independently of all others.
    public struct Factor: Sendable, Equatable {
        /// The name, in snake_case, as it heads a column of labels.
        public let name: String
        /// The names of the values, in index order.
        public let values: [String]
    }

    /// The grammar of the bundled corpus: 9 953 280 sentences.
    ///
    /// The index of a sentence never changes.
    public static let standard = SceneGrammar(lexicon: .standard)

    /// The factors in the order of an assignment.
    public let factors: [Factor]

    /// The number of sentences: the product of the value counts of all factors.
    public let sentenceCount: Int

    let lexicon: Lexicon
    let phrases: PhraseTables

    static let placeWordCount = 3
    static let timeWordCount = 2

    init(lexicon: Lexicon) {
        self.lexicon = lexicon
        self.phrases = PhraseTables(lexicon)
        self.factors = Slot.allCases.map { slot in
            Factor(name: slot.name, values: slot.valueNames(in: lexicon))
        }
        self.sentenceCount = factors.reduce(1) { $0 * $1.values.count }
    }

    /// The assignment at an index.
    ///
    /// - Parameter index: in `0..<sentenceCount`.
    /// - Returns: one value index per factor.
    public func assignment(at index: Int) -> [Int] {
        precondition(
            (0..<sentenceCount).contains(index), "sentence \(index) not in 0..<\(sentenceCount)")
        var assignment = [Int](repeating: 0, count: factors.count)
        var rest = index
        for factor in factors.indices.reversed() {
            let radix = factors[factor].values.count
            assignment[factor] = rest % radix
            rest /= radix
        }
        return assignment
    }

    /// The index of an assignment: the inverse of `assignment(at:)`.
    public func index(of assignment: [Int]) -> Int {
        requireValid(assignment)
        return zip(factors, assignment).reduce(0) { $0 * $1.0.values.count + $1.1 }
    }

    /// The names of the values of an assignment, in the order of `factors`.
    public func labels(of assignment: [Int]) -> [String] {
        requireValid(assignment)
        return zip(factors, assignment).map { $0.values[$1] }
    }

    func requireValid(_ assignment: [Int]) {
        precondition(
            assignment.count == factors.count
                && zip(factors, assignment).allSatisfy { $0.values.indices.contains($1) },
            "\(assignment) is not one value index for each of the \(factors.count) factors")
    }
}
