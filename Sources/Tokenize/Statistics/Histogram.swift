/// How often lengths came, in classes that double: 0, 1, 2 to 3, 4 to 7, 8 to 15 and so on.
public struct Histogram: Hashable, Sendable {
    /// Occurrences of each class, the last not 0.
    public private(set) var counts: [UInt64] = []
    /// Sum of all lengths.
    public private(set) var total: UInt64 = 0
    /// The greatest length.
    public private(set) var maximum = 0

    /// The lengths of a class.
    public static func range(of bucket: Int) -> ClosedRange<Int> {
        bucket == 0 ? 0...0 : 1 << (bucket - 1)...(1 << bucket) - 1
    }

    @inline(__always)
    mutating func add(_ length: Int) {
        let bucket = Int.bitWidth - length.leadingZeroBitCount
        while counts.count <= bucket { counts.append(0) }
        counts[bucket] += 1
        total += UInt64(length)
        maximum = max(maximum, length)
    }

    mutating func add(_ other: Histogram) {
        while counts.count < other.counts.count { counts.append(0) }
        for bucket in other.counts.indices { counts[bucket] += other.counts[bucket] }
        total += other.total
        maximum = max(maximum, other.maximum)
    }
}
