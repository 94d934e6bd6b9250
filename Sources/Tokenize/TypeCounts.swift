/// How often each distinct byte string was seen.
struct TypeCounts {
    private(set) var table = ByteTable()
    private(set) var counts: [UInt64] = []

    var count: Int { table.count }

    @inline(__always)
    mutating func add(_ type: ByteSlice, count: UInt64 = 1) {
        let (index, isNew) = table.insert(type)
        if isNew {
            counts.append(count)
        } else {
            counts[index] += count
        }
    }

    /// Entry numbers by count, descending, and among equals by bytes, ascending.
    ///
    /// The bytes make the order total, so it depends on nothing but what was counted.
    func ranked(minimumCount: UInt64 = 0) -> [Int] {
        var order = (0..<count).filter { counts[$0] >= minimumCount }
        order.sort { left, right in
            if counts[left] != counts[right] { return counts[left] > counts[right] }
            return table[left].lexicographicallyPrecedes(table[right])
        }
        return order
    }

    /// Keeps the `limit` first by rank; the others are handed to `body`, best first, with their
    /// counts.
    mutating func prune(to limit: Int, _ body: (ByteSlice, UInt64) -> Void) {
        let order = ranked()
        var kept = TypeCounts()
        for index in order.prefix(limit) {
            table.withBytes(of: index) { kept.add($0, count: counts[index]) }
        }
        for index in order.dropFirst(limit) {
            table.withBytes(of: index) { body($0, counts[index]) }
        }
        self = kept
    }
}
