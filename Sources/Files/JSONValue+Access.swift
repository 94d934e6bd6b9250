extension JSONValue {
    /// A whole number.
    public static func int(_ value: Int) -> JSONValue {
        .number(String(value))
    }

    /// A number in the shortest spelling that reads back as the same double.
    ///
    /// NaN and infinity are refused, or written as null, where the value is written.
    public static func double(_ value: Double) -> JSONValue {
        .number(String(describing: value))
    }

    /// A number in the shortest spelling that reads back as the same 32-bit float.
    public static func float(_ value: Float) -> JSONValue {
        .number(String(describing: value))
    }

    /// The whole number, or nil where this is none: `1.0`, `1e2`, `"5"`, `true` and 2⁶³ are none.
    public var int: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text)
    }

    /// The number as a finite double, or nil where this is no number or is out of range (`1e400`).
    public var double: Double? {
        guard case .number(let text) = self, let value = Double(text), value.isFinite else {
            return nil
        }
        return value
    }

    /// The truth value, or nil where this is none.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The text, or nil where this is none.
    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The elements, or nil where this is no array.
    public var array: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The members, or nil where this is no object.
    public var object: [JSONMember]? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// Whether this is `null`.
    public var isNull: Bool {
        guard case .null = self else { return false }
        return true
    }

    /// The value at a key, or nil where this is no object or has no such key (compared by bytes).
    public subscript(key: String) -> JSONValue? {
        object?.first { $0.key.hasSameBytes(as: key) }?.value
    }

    /// What this is, in one or two words, for messages: `a string`, `the number 1.5`.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): text.utf8.count <= 40 ? "the number \(text)" : "a long number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Values in order.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// Members in the order written.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { JSONMember($0.0, $0.1) })
    }
}
