/// What offsets into a text count.
public enum OffsetUnit: String, Sendable, CaseIterable {
    /// Bytes.
    case utf8
    /// UTF-16 code units, as in Java, JavaScript and `NSString`.
    case utf16
    /// Unicode scalars, as in Python.
    case scalar
}

/// Turns byte offsets that never fall into counts of another unit.
///
/// A maximal subpart of ill-formed UTF-8 counts as the one U+FFFD that a decoder makes of it.
public struct OffsetCounter {
    private let bytes: ByteSlice
    private let unit: OffsetUnit
    /// The scalar at `offset` has `count` units before it.
    private var offset = 0
    private var count = 0

    /// Starts at the beginning of a text, which must stay in place.
    public init(_ bytes: UnsafeBufferPointer<UInt8>, _ unit: OffsetUnit) {
        self.bytes = bytes
        self.unit = unit
    }

    /// Units before the scalar that holds the byte at `limit`.
    public mutating func roundedDown(_ limit: Int) -> Int {
        if unit == .utf8 { return limit }
        while offset < limit {
            let shape = bytes.scalarLength(at: offset)
            if offset + shape.length > limit { break }
            take(shape)
        }
        return count
    }

    /// Units up to the end of the scalar that holds the byte before `limit`.
    public mutating func roundedUp(_ limit: Int) -> Int {
        if unit == .utf8 { return limit }
        while offset < limit { take(bytes.scalarLength(at: offset)) }
        return count
    }

    private mutating func take(_ shape: ByteSlice.ScalarShape) {
        offset += shape.length
        count += unit == .utf16 && (shape.value ?? 0) > 0xFFFF ? 2 : 1
    }
}
