/// Recursive descent over UTF-8 bytes, one function a rule of RFC 8259.
struct JSONParser {
    let bytes: UnsafeRawBufferPointer
    let source: String
    var remainingValueCount: Int
    private var position = 0
    private var path: [JSONStep] = []

    init(bytes: UnsafeRawBufferPointer, source: String, remainingValueCount: Int) {
        self.bytes = bytes
        self.source = source
        self.remainingValueCount = remainingValueCount
    }

    mutating func document() throws(FilesError) -> JSONValue {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw failure("text after the end of the value") }
        return value
    }

    private mutating func value(depth: Int) throws(FilesError) -> JSONValue {
        skipSpace()
        guard remainingValueCount > 0 else { throw failure("too many values") }
        remainingValueCount -= 1
        switch peek {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"): return .number(try number())
        case let byte? where isDigit(byte): return .number(try number())
        case nil: throw failure("the text ends where a value should stand")
        default: throw failure("\(shownByte) where a value should stand")
        }
    }

    private mutating func object(depth: Int) throws(FilesError) -> [JSONMember] {
        let start = position
        try enter(depth)
        var members: [JSONMember] = []
        if try closes(UInt8(ascii: "}")) { return members }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else {
                throw failure("\(shownByte) where a key is due")
            }
            let key = try string()
            path.append(.key(key))
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw failure("\(shownByte) where ':' is due") }
            members.append(JSONMember(key, try value(depth: depth + 1)))
            path.removeLast()
        } while try continues(until: UInt8(ascii: "}"))
        if let index = JSONKeys.firstDuplicate(in: members) {
            position = start
            throw failure("duplicate key \(members[index].key.quoted)")
        }
        return members
    }

    private mutating func array(depth: Int) throws(FilesError) -> [JSONValue] {
        try enter(depth)
        var elements: [JSONValue] = []
        if try closes(UInt8(ascii: "]")) { return elements }
        repeat {
            path.append(.index(elements.count))
            elements.append(try value(depth: depth + 1))
            path.removeLast()
        } while try continues(until: UInt8(ascii: "]"))
        return elements
    }

    /// Steps over an opening bracket.
    private mutating func enter(_ depth: Int) throws(FilesError) {
        guard depth < StrictJSON.maximumDepth else {
            throw failure("nested deeper than \(StrictJSON.maximumDepth) levels")
        }
        position += 1
    }

    /// Whether the container is empty.
    private mutating func closes(_ bracket: UInt8) throws(FilesError) -> Bool {
        skipSpace()
        return take(bracket)
    }

    /// Whether another element follows: `,` or the closing bracket, nothing else.
    private mutating func continues(until bracket: UInt8) throws(FilesError) -> Bool {
        skipSpace()
        if take(UInt8(ascii: ",")) { return true }
        if take(bracket) { return false }
        throw failure("\(shownByte) where ',' or '\(Character(Unicode.Scalar(bracket)))' is due")
    }

    private mutating func word(
        _ word: StaticString, _ value: JSONValue
    ) throws(FilesError) -> JSONValue {
        let count = word.utf8CodeUnitCount
        guard bytes.count - position >= count,
            bytes[position..<position + count].elementsEqual(
                UnsafeBufferPointer(start: word.utf8Start, count: count))
        else { throw failure("an unknown word where a value should stand") }
        position += count
        return value
    }
}

// MARK: - Numbers

extension JSONParser {
    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`, kept as spelled.
    private mutating func number() throws(FilesError) -> String {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if isDigit(peek) { throw failure("a number with a leading zero") }
        } else {
            try digits()
        }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        guard position - start <= 1024 else { throw failure("a number longer than 1024 digits") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(FilesError) {
        guard isDigit(peek) else { throw failure("\(shownByte) where a digit is due") }
        while isDigit(peek) { position += 1 }
    }

    private func isDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}

// MARK: - Strings

extension JSONParser {
    private mutating func string() throws(FilesError) -> String {
        let start = position + 1
        var end = start
        var hasEscape = false
        while true {
            guard end < bytes.count else {
                position = start - 1
                throw failure("a string without its closing quote")
            }
            let byte = bytes[end]
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                hasEscape = true
                end += 1
            } else if byte < 0x20 {
                position = end
                throw failure("control character \(shownByte) in a string; escape it")
            }
            end += 1
        }
        let raw = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        guard let text = String(validating: raw, as: UTF8.self) else {
            position = start + raw.validUTF8PrefixCount
            throw failure("invalid UTF-8")
        }
        position = end + 1
        return hasEscape ? try unescape(raw, at: start) : text
    }

    /// Replaces the escapes in the inside of a string of valid UTF-8 that stands at `start`.
    private mutating func unescape(
        _ raw: UnsafeRawBufferPointer, at start: Int
    ) throws(FilesError) -> String {
        let end = position
        var output: [UInt8] = []
        output.reserveCapacity(raw.count)
        position = start
        while position < start + raw.count {
            guard take(UInt8(ascii: "\\")) else {
                output.append(bytes[position])
                position += 1
                continue
            }
            switch peek {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
                output.append(bytes[position])
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "u"):
                position += 1
                output.append(contentsOf: String(Character(try escapedScalar())).utf8)
                continue
            default: throw failure("unknown escape \\\(shownByte)")
            }
            position += 1
        }
        position = end
        return String(decoding: output, as: UTF8.self)
    }

    /// The scalar of `XXXX` or `XXXX\uYYYY` (a surrogate pair) after `\u`.
    private mutating func escapedScalar() throws(FilesError) -> Unicode.Scalar {
        let start = position
        let first = UInt32(try fourHexDigits())
        if let scalar = Unicode.Scalar(first) { return scalar }
        if first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let second = UInt32(try fourHexDigits())
            if 0xDC00...0xDFFF ~= second,
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return scalar
            }
        }
        position = start - 2
        throw failure("a lone surrogate in an escape")
    }

    private mutating func fourHexDigits() throws(FilesError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("\(shownByte) where a hexadecimal digit is due")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}

// MARK: - Bytes and messages

extension JSONParser {
    private var peek: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private var shownByte: String {
        guard let byte = peek else { return "the end" }
        if 0x21...0x7E ~= byte { return "'\(Character(Unicode.Scalar(byte)))'" }
        return "byte 0x\(String(byte, radix: 16, uppercase: true))"
    }

    private func failure(_ reason: String) -> FilesError {
        .json(source: source, offset: position, key: path.joined, reason: reason)
    }
}

extension UnsafeRawBufferPointer {
    /// How many bytes from the start are valid UTF-8; only for messages, so it may be slow.
    var validUTF8PrefixCount: Int {
        var decoder = UTF8()
        var iterator = makeIterator()
        var valid = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            valid += UTF8.width(scalar)
        }
        return valid
    }
}
