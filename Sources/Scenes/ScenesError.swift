/// What can go wrong when sentences are asked of a grammar.
public enum ScenesError: Error, Equatable, CustomStringConvertible {
    /// More sentences were asked for than the grammar has, or fewer than none.
    case countOutOfRange(count: Int, sentenceCount: Int)

    /// What was asked, and what can be, in one line.
    public var description: String {
        switch self {
        case .countOutOfRange(let count, let sentenceCount):
            return "sentence count \(count) is out of range: the grammar has \(sentenceCount) "
                + "distinct sentences; ask for 0 to \(sentenceCount)"
        }
    }
}
