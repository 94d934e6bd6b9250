extension UnsafeBufferPointer<UInt8> {
    /// What stands at an offset: a scalar, or a maximal subpart of an ill-formed sequence, which
    /// counts as one U+FFFD.
    struct ScalarShape {
        /// Bytes it takes.
        var length: Int
        /// The scalar; nil where the bytes are ill-formed.
        var value: UInt32?
        /// Whether the end of the buffer cuts a sequence that more bytes could complete.
        var isUnfinished = false
    }

    /// The scalar at `offset`, which must lie inside, by table 3-7 of the Unicode standard.
    @inline(__always)
    func scalarLength(at offset: Int) -> ScalarShape {
        let lead = self[offset]
        if lead < 0x80 { return ScalarShape(length: 1, value: UInt32(lead)) }
        return wideScalar(at: offset)
    }

    private func wideScalar(at offset: Int) -> ScalarShape {
        let lead = self[offset]
        let wanted: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: wanted = 2
        case 0xE0: (wanted, second) = (3, 0xA0...0xBF)
        case 0xED: (wanted, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: wanted = 3
        case 0xF0: (wanted, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: wanted = 4
        case 0xF4: (wanted, second) = (4, 0x80...0x8F)
        default: return ScalarShape(length: 1, value: nil)
        }
        var value = UInt32(lead) & (0x7F >> UInt32(wanted))
        var length = 1
        while length < wanted {
            guard offset + length < count else {
                return ScalarShape(length: length, value: nil, isUnfinished: true)
            }
            let byte = self[offset + length]
            guard (length == 1 ? second : 0x80...0xBF).contains(byte) else {
                return ScalarShape(length: length, value: nil)
            }
            value = value << 6 | UInt32(byte & 0x3F)
            length += 1
        }
        return ScalarShape(length: wanted, value: value)
    }
}
