/// What can be wrong with a configuration or a JSON document.
public enum ConfigurationError: Error, Equatable, Sendable {
    /// A component that no registry knows.
    case unknownType(kind: String, got: String, known: [String])
}

extension ConfigurationError: CustomStringConvertible {
    /// One line: what was got, what was wanted, where.
    public var description: String {
        switch self {
        case .unknownType(let kind, let got, let known):
            "unknown \(kind) \"\(got)\"\(Spelling.hint(for: got, among: known)); known: "
                + known.joined(separator: ", ")
        }
    }
}
