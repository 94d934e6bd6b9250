/// The output function of SplitMix64 (Steele, Lea, Flood 2014).
enum SplitMix {
    /// The increment of the sequence: 2⁶⁴ divided by the golden ratio.
    static let increment: UInt64 = 0x9e37_79b9_7f4a_7c15

    /// A bijection of 64-bit words in which every input bit moves every output bit.
    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ increment
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
