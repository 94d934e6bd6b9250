/// A byte string as two words and its length: the string itself up to 16 bytes, a hash beyond.
struct TypeKey: Equatable {
    let low: UInt64
    let high: UInt64
    let length: UInt32

    init(low: UInt64, high: UInt64, length: UInt32) {
        self.low = low
        self.high = high
        self.length = length
    }

    /// Reads a string of at least one byte; for a given length no two strings of up to 16 bytes
    /// give the same words, though words overlap in the middle of the string.
    @inline(__always)
    init(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
        let raw = UnsafeRawPointer(bytes)
        length = UInt32(truncatingIfNeeded: count)
        if count > 16 {
            (low, high) = Self.hash(raw, count)
        } else if count >= 8 {
            low = raw.loadUnaligned(as: UInt64.self)
            high = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        } else if count >= 4 {
            low = UInt64(raw.loadUnaligned(as: UInt32.self))
            high = UInt64(raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
        } else {
            low = UInt64(bytes[0]) | UInt64(bytes[count &>> 1]) &<< 8
            high = UInt64(bytes[count &- 1])
        }
    }

    /// Whether the words are all of the string.
    @inline(__always)
    var isWhole: Bool { length <= 16 }

    /// Where to look first.
    @inline(__always)
    var hash: UInt64 {
        let product = (low ^ 0x9E37_79B9_7F4A_7C15 ^ UInt64(length)).multipliedFullWidth(
            by: high ^ 0xA076_1D64_78BD_642F)
        let mixed = product.high ^ product.low
        return mixed ^ mixed &>> 32
    }

    private static func hash(_ bytes: UnsafeRawPointer, _ count: Int) -> (UInt64, UInt64) {
        var low: UInt64 = 0xE703_7ED1_A0B4_28DB
        var offset = 0
        while offset < count {
            let start = min(offset, count - 8)
            let word = bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
            let product = (word ^ low).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
            low = product.high ^ product.low
            offset += 8
        }
        return (low, bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
    }
}
