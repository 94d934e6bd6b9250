/// Reads and writes JSON (RFC 8259) strictly: the one door for outside data in JSON form.
///
/// The reader refuses what lenient readers let pass: two members of one key, invalid UTF-8, lone
/// surrogates, control characters in strings, text after the value, deep nesting. It never traps.
public enum StrictJSON {
    /// How deep arrays and objects may nest.
    public static let maximumDepth = 64

    /// How many values a text may hold unless the caller says otherwise; bounds the memory of a tree.
    public static let defaultMaximumValueCount = 1_000_000

    /// Reads one JSON value from UTF-8 bytes.
    ///
    /// - Parameters:
    ///   - bytes: The whole text; white space around the value is allowed.
    ///   - source: What messages call the text, such as its path.
    ///   - maximumValueCount: How many values (containers count too) the text may hold.
    /// - Throws: ``FilesError/json(source:offset:key:reason:)``.
    public static func parse(
        _ bytes: UnsafeRawBufferPointer, source: String,
        maximumValueCount: Int = defaultMaximumValueCount
    ) throws(FilesError) -> JSONValue {
        var parser = JSONParser(
            bytes: bytes, source: source, remainingValueCount: maximumValueCount)
        return try parser.document()
    }

    /// Reads one JSON value from UTF-8 bytes.
    ///
    /// - Throws: ``FilesError/json(source:offset:key:reason:)``.
    public static func parse(
        _ bytes: [UInt8], source: String, maximumValueCount: Int = defaultMaximumValueCount
    ) throws(FilesError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { (buffer) throws(FilesError) in
            try parse(
                UnsafeRawBufferPointer(buffer), source: source,
                maximumValueCount: maximumValueCount)
        }
    }

    /// What to do with NaN and infinity, which JSON cannot spell.
    public enum NonFinite: Sendable {
        /// Throw an error naming the key.
        case refuse
        /// Write `null`.
        case null
    }

    /// Writes a value as UTF-8 bytes: the same value always gives the same bytes.
    ///
    /// Members keep their order, escapes are minimal (`"`, `\`, and what is below U+0020), numbers
    /// keep their spelling.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - indented: Two spaces a level and a newline at the end, for people; else one line, no end.
    ///   - nonFinite: What to do with NaN and infinity.
    /// - Throws: ``FilesError/unwritable(key:reason:)`` for two members of one key, nesting deeper
    ///   than ``maximumDepth``, a number that is none, and non-finite numbers where refused.
    public static func bytes(
        of value: JSONValue, indented: Bool = false, nonFinite: NonFinite = .refuse
    ) throws(FilesError) -> [UInt8] {
        var writer = JSONWriter(indented: indented, nonFinite: nonFinite)
        try writer.write(value, depth: 0)
        if indented { writer.output.append(UInt8(ascii: "\n")) }
        return writer.output
    }
}

/// A step on the way from the root of a JSON tree to a value.
enum JSONStep {
    case key(String)
    case index(Int)
}

extension [JSONStep] {
    /// The steps as `a.b[3]`.
    var joined: String {
        var text = ""
        for step in self {
            switch step {
            case .key(let key):
                if !text.isEmpty { text += "." }
                text += key.isPlainKey ? key : key.quoted
            case .index(let index):
                text += "[\(index)]"
            }
        }
        return text
    }
}

extension String {
    /// Whether this can stand in a key path without quotes.
    fileprivate var isPlainKey: Bool {
        !isEmpty && utf8.count <= 80
            && utf8.allSatisfy { (0x30...0x39) ~= $0 || (0x61...0x7A) ~= $0 | 0x20 || $0 == 0x5F }
    }
}

/// Objects of two members of one key, however many members there are.
enum JSONKeys {
    /// The first index whose key stood before, or nil.
    ///
    /// Few keys are compared pair by pair; many through a hash table with a random seed, so that no
    /// text can make this quadratic. Only membership is asked of it: its order reaches nothing.
    static func firstDuplicate(in members: [JSONMember]) -> Int? {
        if members.count <= 8 {
            return members.indices.first { index in
                members[..<index].contains { $0.key.hasSameBytes(as: members[index].key) }
            }
        }
        var seen = Set<ByteKey>(minimumCapacity: members.count)
        return members.firstIndex { !seen.insert(ByteKey($0.key)).inserted }
    }
}
