/// A random permutation of 0 ..< n that is computed and never stored.
///
/// A balanced Feistel network permutes the numbers of 2h bits, 4ʰ ≥ n > 4ʰ⁻¹:
///
///     (L, R) → (R, L ⊕ F(R, round)),  twelve times
///
/// Results ≥ n are put through again until one is below n (cycle walking; Black and Rogaway 2002),
/// which takes less than 4 turns on average. Memory is O(1) for any n.
public struct RandomPermutation: Sendable {
    /// n, how many numbers are permuted.
    public let count: Int

    private let key: UInt64
    /// h, bits in half a number.
    private let halfWidth: UInt64

    private static let roundCount: UInt64 = 12

    /// The permutation that the next 64 bits of a stream pick.
    /// - Parameter count: n, 0 … 2⁶².
    public init(count: Int, using stream: inout some RandomNumberGenerator) {
        precondition((0...1 << 62).contains(count), "a permutation has 0 … 2^62 places")
        self.count = count
        key = stream.next()
        let width = UInt64(Int.bitWidth - max(count - 1, 1).leadingZeroBitCount)
        halfWidth = (width + 1) / 2
    }

    /// The number at a position; both are in 0 ..< `count`.
    public subscript(position: Int) -> Int {
        precondition((0..<count).contains(position), "a position lies in 0 ..< \(count)")
        var number = UInt64(position)
        repeat { number = turn(number) } while number >= UInt64(count)
        return Int(number)
    }

    private func turn(_ number: UInt64) -> UInt64 {
        let mask: UInt64 = (1 << halfWidth) &- 1
        var left = number >> halfWidth
        var right = number & mask
        for round in 0..<Self.roundCount {
            let roundKey = SplitMix.mix(key &+ round &* SplitMix.increment)
            let pad = SplitMix.mix(right ^ roundKey) >> (64 - halfWidth)
            (left, right) = (right, left ^ pad)
        }
        return left << halfWidth | right
    }
}
