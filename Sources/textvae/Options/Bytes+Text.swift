extension [UInt8] {
    /// Appends a number in decimal digits.
    mutating func append(decimal value: Int) {
        guard value >= 0 else {
            append(UInt8(ascii: "-"))
            return append(digits: value.magnitude)
        }
        append(digits: UInt(value))
    }

    private mutating func append(digits value: UInt) {
        if value >= 10 { append(digits: value / 10) }
        append(UInt8(truncatingIfNeeded: 0x30 + value % 10))
    }

    /// Appends a 32-bit integer, lowest byte first.
    mutating func append(littleEndian value: Int32) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
