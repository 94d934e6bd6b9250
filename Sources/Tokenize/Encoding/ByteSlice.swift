import CICU

/// A borrowed run of bytes inside a record.
typealias ByteSlice = UnsafeBufferPointer<UInt8>

extension UnsafeBufferPointer<UInt8> {
    /// Whether the bytes at `offset` spell a character with the White_Space property.
    @inline(__always)
    func startsWithWhiteSpace(at offset: Int) -> Bool {
        guard offset < count else { return false }
        let byte = self[offset]
        if byte < 0x80 { return byte == 0x20 || (0x09...0x0D).contains(byte) }
        return (0xC2...0xE3).contains(byte) && startsWithWideWhiteSpace(at: offset)
    }

    /// U+0085, U+00A0, U+1680, U+2000–200A, U+2028, U+2029, U+202F, U+205F and U+3000.
    private func startsWithWideWhiteSpace(at offset: Int) -> Bool {
        let second = offset + 1 < count ? self[offset + 1] : 0
        let third = offset + 2 < count ? self[offset + 2] : 0
        switch (self[offset], second) {
        case (0xC2, 0x85), (0xC2, 0xA0): return true
        case (0xE1, 0x9A): return third == 0x80
        case (0xE2, 0x80):
            return (0x80...0x8A).contains(third) || [0xA8, 0xA9, 0xAF].contains(third)
        case (0xE2, 0x81): return third == 0x9F
        case (0xE3, 0x80): return third == 0x80
        default: return false
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The first maximal subpart of ill-formed UTF-8 at or after an offset.
    func nextIllFormed(from offset: Int) -> Range<Int>? {
        guard let baseAddress, offset < count else { return nil }
        var length: Int64 = 0
        let found = Int(cicu_next_ill_formed(baseAddress, Int64(count), Int64(offset), &length))
        return found < 0 ? nil : found..<found + Int(length)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether this word carries the one space before it; a run of spaces is a word by itself.
    var hasLeadingSpace: Bool { count > 1 && self[0] == 0x20 && !startsWithWhiteSpace(at: 1) }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether no byte is above 0x7F.
    var isASCII: Bool { allSatisfy { $0 < 0x80 } }
}
