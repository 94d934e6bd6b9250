/// What a set of sentences says about a grammar: how many belong to it, and how its factors are
/// distributed among those that do.
public struct SceneReport: Sendable, Equatable {
    /// Sentences seen.
    public internal(set) var sentenceCount = 0
    /// Sentences that parse.
    public internal(set) var parsedCount = 0
    /// Different sentences among those that parse.
    public internal(set) var distinctCount = 0
    /// How often each value of each factor occurs.
    ///
    /// `counts[f][v]` sentences have value v of factor f, in the order of the grammar's `factors`.
    /// Each row sums to `parsedCount`.
    public internal(set) var counts: [[Int]]

    /// `parsedCount / sentenceCount`, in 0…1, or nil of no sentences.
    public var parsedShare: Double? {
        sentenceCount == 0 ? nil : Double(parsedCount) / Double(sentenceCount)
    }
}

extension SceneGrammar {
    /// Parses every sentence and counts the values of its factors.
    ///
    /// - Parameter sentences: any texts, one sentence each, without line ends.
    public func report(of sentences: some Sequence<String>) -> SceneReport {
        var report = SceneReport(
            counts: factors.map { [Int](repeating: 0, count: $0.values.count) })
        var seen: Set<Int> = []
        for sentence in sentences {
            report.sentenceCount += 1
            guard let assignment = parse(sentence) else { continue }
            report.parsedCount += 1
            seen.insert(index(of: assignment))
            for (factor, value) in assignment.enumerated() {
                report.counts[factor][value] += 1
            }
        }
        report.distinctCount = seen.count
        return report
    }
}
