/// How often each distinct byte string was seen.
struct TypeCounts {
    private(set) var table: ByteTable
    private(set) var counts: [UInt64] = []

    init(minimumCapacity: Int = 0) {
        table = ByteTable(minimumCapacity: minimumCapacity)
        counts.reserveCapacity(minimumCapacity)
    }

    var count: Int { table.count }

    @inline(__always)
    mutating func add(_ type: ByteSlice, count: UInt64 = 1) {
        let (index, isNew) = table.insert(type)
        if isNew {
            counts.append(count)
        } else {
            counts[index] &+= count
        }
    }

    /// Adds all counts of another.
    mutating func add(_ other: TypeCounts) {
        for index in 0..<other.count {
            other.table.withBytes(of: index) { add($0, count: other.counts[index]) }
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

    /// Keeps the `limit` first by rank and returns the others, best first.
    mutating func prune(to limit: Int) -> TypeCounts {
        let order = ranked()
        var kept = TypeCounts()
        var dropped = TypeCounts()
        for (rank, index) in order.enumerated() {
            table.withBytes(of: index) { type in
                if rank < limit {
                    kept.add(type, count: counts[index])
                } else {
                    dropped.add(type, count: counts[index])
                }
            }
        }
        self = kept
        return dropped
    }
}
