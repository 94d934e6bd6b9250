/// Places where text can be cut so that both sides are tokenized as they would be together.
///
/// Under all built-in rules such a place is after a line feed, and before a space that follows a
/// letter or sign of which no rule says that it holds on to a space. There is a boundary at every
/// level, and no normalization form reaches across it. Rules of the caller's own may keep a space,
/// or a line feed too.
enum TextCut: Sendable {
    /// After line feeds, and before spaces where that is sure.
    case sure
    /// After line feeds.
    case lineFeeds
    /// Nowhere.
    case never

    /// The first such place at or after `start`; nil where more text must be seen.
    func first(in bytes: ByteSlice, from start: Int) -> Int? {
        switch self {
        case .sure: break
        case .lineFeeds: return bytes.firstIndex(of: 0x0A, from: max(0, start - 1)).map { $0 + 1 }
        case .never: return nil
        }
        var offset = max(1, start)
        while offset <= bytes.count {
            if Self.isSure(bytes, offset) { return offset }
            offset += 1
        }
        return nil
    }

    /// The last such place, after the first byte.
    func last(in bytes: ByteSlice) -> Int? {
        switch self {
        case .sure: break
        case .lineFeeds: return bytes.lastIndex(of: 0x0A).map { $0 + 1 }
        case .never: return nil
        }
        var offset = bytes.count
        while offset > 0 {
            if Self.isSure(bytes, offset) { return offset }
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
