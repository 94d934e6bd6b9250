/// The FNV-1a hash with 64 bits: tells versions and damage apart, no protection against intent.
struct FNV1a {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func update(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
    }

    mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { update(byte) }
    }

    /// The eight bytes of an integer, lowest first.
    mutating func update(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            update(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }

    static func digest(of bytes: some Sequence<UInt8>) -> UInt64 {
        var hash = FNV1a()
        hash.update(bytes)
        return hash.value
    }

    /// 16 hexadecimal digits.
    static func text(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
