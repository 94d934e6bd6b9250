/// What can be wrong with a configuration.
public enum ConfigurationError: Error, Equatable, Sendable {
    /// A component that no registry knows.
    case unknownType(kind: String, got: String, known: [String])
    /// Everything wrong with a configuration, `key: got …, want … (from …)` each.
    case invalid(problems: [String])
}

extension ConfigurationError: CustomStringConvertible {
    /// One line a problem: what was got, what was wanted, where.
    public var description: String {
        switch self {
        case .unknownType(let kind, let got, let known):
            "unknown \(kind) \(Spelling.quoted(got))\(Spelling.hint(for: got, among: known)); known: "
                + known.joined(separator: ", ")
        case .invalid(let problems):
            problems.count == 1
                ? "configuration: " + problems[0]
                : (["configuration: \(problems.count) problems"] + problems).joined(
                    separator: "\n  ")
        }
    }
}
