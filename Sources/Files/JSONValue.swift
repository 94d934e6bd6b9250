/// A JSON value as it stands in the text: objects keep their order, numbers their spelling.
public enum JSONValue: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number as spelled; read it by ``int`` or ``double``, make it by ``int(_:)`` or ``double(_:)``.
    case number(String)
    /// A text.
    case string(String)
    /// Values in order.
    case array([JSONValue])
    /// Members in order; the reader and the writer refuse two of one key.
    case object([JSONMember])
}

/// One `"key": value` of a JSON object.
public struct JSONMember: Sendable {
    /// The key; keys are compared by their bytes.
    public var key: String
    /// The value.
    public var value: JSONValue

    /// Makes one member.
    public init(_ key: String, _ value: JSONValue) {
        self.key = key
        self.value = value
    }
}

extension JSONValue: Equatable {
    /// Whether both are the same tree: texts by bytes, numbers by spelling, members in order.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a.hasSameBytes(as: b)
        case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }
}

extension JSONMember: Equatable {
    /// Whether key (by bytes) and value are the same.
    public static func == (left: JSONMember, right: JSONMember) -> Bool {
        left.key.hasSameBytes(as: right.key) && left.value == right.value
    }
}
