/// A strict reader of the JSON subset of tokenizer files, over bytes already known to be UTF-8.
///
/// The caller asks for the value it expects, so nesting is as deep as the caller's code and never
/// as deep as the data. `StrictJSON` would build a tree first, three values and an array for each
/// entry of a vocabulary, which this reads straight into the table; and it knows where a key stands
/// but not where an entry does.
struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var offset = 0
    /// The key being read, for messages.
    var key = ""

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Why reading stopped; the file's name is added by the caller.
    struct Failure: Error {
        var key: String
        var offset: Int
        var reason: String
    }

    func failure(_ reason: String, at offset: Int? = nil) -> Failure {
        Failure(key: key, offset: offset ?? self.offset, reason: reason)
    }

    /// The next byte that is not white space, not consumed.
    mutating func peek() throws(Failure) -> UInt8 {
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            offset += 1
        }
        throw failure("the file ends too early")
    }

    mutating func expect(_ wanted: Unicode.Scalar) throws(Failure) {
        let byte = try peek()
        guard byte == UInt8(ascii: wanted) else {
            throw failure("got \(Self.show(byte)), want '\(wanted)'")
        }
        offset += 1
    }

    /// Nothing but white space may be left.
    mutating func expectEnd() throws(Failure) {
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                throw failure("got \(Self.show(byte)) after the end of the file's object")
            }
            offset += 1
        }
    }

    /// After an item: true if a comma announces another, false at the closing bracket.
    mutating func another(before close: Unicode.Scalar) throws(Failure) -> Bool {
        let byte = try peek()
        if byte == UInt8(ascii: ",") {
            offset += 1
            return true
        }
        if byte == UInt8(ascii: close) {
            offset += 1
            return false
        }
        throw failure("got \(Self.show(byte)), want ',' or '\(close)'")
    }

    /// An unsigned integer without sign, fraction, exponent or leading zero.
    mutating func unsigned() throws(Failure) -> UInt64 {
        _ = try peek()
        let start = offset
        var value: UInt64 = 0
        while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) {
            let (product, high) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(bytes[offset] - 0x30))
            if high || carry { throw failure("the number is too large", at: start) }
            value = sum
            offset += 1
        }
        if offset == start { throw failure("want a number without sign or fraction") }
        if offset - start > 1, bytes[start] == 0x30 {
            throw failure("the number begins with 0", at: start)
        }
        return value
    }

    mutating func boolean() throws(Failure) -> Bool {
        if try literal("true") { return true }
        if try literal("false") { return false }
        throw failure("want true or false")
    }

    /// Consumes a literal if it is there.
    mutating func literal(_ word: StaticString) throws(Failure) -> Bool {
        _ = try peek()
        guard bytes.count - offset >= word.utf8CodeUnitCount else { return false }
        for index in 0..<word.utf8CodeUnitCount
        where bytes[offset + index] != word.utf8Start[index] {
            return false
        }
        offset += word.utf8CodeUnitCount
        return true
    }

    mutating func string() throws(Failure) -> String {
        var text: [UInt8] = []
        try string(into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Replaces `text` by the bytes of a string.
    mutating func string(into text: inout [UInt8]) throws(Failure) {
        text.removeAll(keepingCapacity: true)
        try expect("\"")
        while offset < bytes.count {
            let start = offset
            while offset < bytes.count, bytes[offset] != 0x22, bytes[offset] != 0x5C,
                bytes[offset] >= 0x20
            {
                offset += 1
            }
            text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<offset]))
            guard offset < bytes.count else { break }
            switch bytes[offset] {
            case 0x22:
                offset += 1
                return
            case 0x5C:
                offset += 1
                try escape(into: &text)
            default:
                throw failure("a control character must be escaped in a string")
            }
        }
        throw failure("the file ends inside a string")
    }

    private mutating func escape(into text: inout [UInt8]) throws(Failure) {
        guard offset < bytes.count else { throw failure("the file ends inside a string") }
        let start = offset
        offset += 1
        switch bytes[start] {
        case UInt8(ascii: "\""): text.append(0x22)
        case UInt8(ascii: "\\"): text.append(0x5C)
        case UInt8(ascii: "/"): text.append(0x2F)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var units = [try hexUnit()]
            if UTF16.isLeadSurrogate(units[0]) {
                guard try literalEscape() else { throw failure("half a surrogate pair", at: start) }
                units.append(try hexUnit())
            }
            let isBroken = transcode(
                units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: true
            ) { text.append($0) }
            if isBroken { throw failure("half a surrogate pair", at: start) }
        default:
            throw failure("unknown escape \(Self.show(bytes[start]))", at: start)
        }
    }

    /// Consumes the backslash and u of a second surrogate.
    private mutating func literalEscape() throws(Failure) -> Bool {
        guard offset + 1 < bytes.count, bytes[offset] == 0x5C, bytes[offset + 1] == 0x75 else {
            return false
        }
        offset += 2
        return true
    }

    private mutating func hexUnit() throws(Failure) -> UInt16 {
        guard bytes.count - offset >= 4 else { throw failure("the file ends inside a string") }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Self.hexDigit(bytes[offset]) else {
                throw failure("got \(Self.show(bytes[offset])), want a hexadecimal digit")
            }
            unit = unit << 4 | UInt16(digit)
            offset += 1
        }
        return unit
    }

    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x61 + 10
        case 0x41...0x46: byte - 0x41 + 10
        default: nil
        }
    }

    private static func show(_ byte: UInt8) -> String {
        (0x21...0x7E).contains(byte)
            ? "'\(Unicode.Scalar(byte))'" : "byte 0x\(String(byte, radix: 16))"
    }
}
