/// A keyed permutation of `0..<count` that needs no memory.
///
/// A balanced Feistel network permutes the smallest even-bit domain that holds `count`; values
/// that fall outside `0..<count` are sent through it again until they fall inside ("cycle
/// walking": Black & Rogaway, Ciphers with Arbitrary Finite Domains, 2002). The domain is less
/// than four times `count`, so that takes fewer than four passes on average.
struct FeistelPermutation: Sendable {
    private let count: UInt64
    private let halfBits: UInt64
    private let roundKeys: [UInt64]

    private static let roundCount = 8

    /// - Parameters:
    ///   - count: the size of the domain, at least 1.
    ///   - seed: which permutation.
    init(count: Int, seed: UInt64) {
        precondition(count >= 1, "a permutation of \(count) items")
        self.count = UInt64(count)
        let bits = UInt64.bitWidth - (self.count - 1).leadingZeroBitCount
        self.halfBits = UInt64(max(1, (bits + 1) / 2))
        // SplitMix64 (Steele, Lea & Flood, 2014): keys are the mixed multiples of the golden gamma.
        self.roundKeys = (1...Self.roundCount).map { round in
            Self.mix(seed &+ UInt64(round) &* 0x9e37_79b9_7f4a_7c15)
        }
    }

    /// Where the permutation sends an item.
    ///
    /// - Parameter item: in `0..<count`.
    func callAsFunction(_ item: Int) -> Int {
        var value = UInt64(item)
        precondition(value < count, "item \(item) not in 0..<\(count)")
        repeat { value = pass(value) } while value >= count
        return Int(value)
    }

    private func pass(_ value: UInt64) -> UInt64 {
        let mask: UInt64 = (1 << halfBits) - 1
        var (left, right) = (value >> halfBits, value & mask)
        for key in roundKeys {
            (left, right) = (right, left ^ (Self.mix(right ^ key) & mask))
        }
        return left << halfBits | right
    }

    private static func mix(_ word: UInt64) -> UInt64 {
        var word = word
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
