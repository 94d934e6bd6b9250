/// How a stream of bytes falls into records.
public enum RecordFraming: Hashable, Sendable {
    /// A line feed ends a record; a carriage return before it belongs to the record.
    case line
    /// A zero byte ends a record.
    case null
    /// A file is a record.
    case whole
    /// A line is a JSON object; the record is the text of this field.
    case jsonLines(field: String)

    /// The byte that ends a record.
    public var separator: UInt8? {
        switch self {
        case .line, .jsonLines: 0x0A
        case .null: 0
        case .whole: nil
        }
    }

    /// Reads "line", "null", "whole", "jsonl" (the field "text") or "jsonl:field".
    public init?(_ text: String) {
        switch text {
        case "line": self = .line
        case "null": self = .null
        case "whole": self = .whole
        case "jsonl": self = .jsonLines(field: "text")
        default:
            guard text.hasPrefix("jsonl:"), text.utf8.count > 6 else { return nil }
            self = .jsonLines(field: String(text.dropFirst(6)))
        }
    }
}
