/// Places where text can be cut so that both sides are tokenized as they would be together.
///
/// Such a place is after a line feed, and before a space that follows a letter or sign of which no
/// rule says that it holds on to a space. There is a boundary at every level, and no normalization
/// form reaches across it.
enum TextCut {
    /// The first such place at or after `start`; nil where more text must be seen.
    static func first(in bytes: ByteSlice, from start: Int) -> Int? {
        var offset = max(1, start)
        while offset <= bytes.count {
            if isSure(bytes, offset) { return offset }
            offset += 1
        }
        return nil
    }

    /// The last such place, after the first byte.
    static func last(in bytes: ByteSlice) -> Int? {
        var offset = bytes.count
        while offset > 0 {
            if isSure(bytes, offset) { return offset }
            offset -= 1
        }
        return nil
    }

    @inline(__always)
    private static func isSure(_ bytes: ByteSlice, _ offset: Int) -> Bool {
        if bytes[offset - 1] == 0x0A { return true }
        return offset < bytes.count && bytes[offset] == 0x20 && isPlain(bytes, before: offset)
    }

    /// Whether the scalar before `offset` is a sign other than a space and no prepended mark
    /// (GB9b): printable ASCII, most of U+00C0 – U+05FF, U+4000 – U+9FFF, U+B000 – U+CFFF.
    private static func isPlain(_ bytes: ByteSlice, before offset: Int) -> Bool {
        let last = bytes[offset - 1]
        if last < 0x80 { return (0x21...0x7E).contains(last) }
        guard last & 0xC0 == 0x80, offset >= 2 else { return false }
        let lead = bytes[offset - 2]
        if lead & 0xC0 != 0x80 {
            return (0xC3...0xD7).contains(lead) && lead != 0xCC && lead != 0xCD
        }
        guard offset >= 3 else { return false }
        switch bytes[offset - 3] {
        case 0xE4...0xE9, 0xEB, 0xEC: return true
        default: return false
        }
    }
}
