/// How often each distinct byte string was seen.
///
/// A table with open addressing. A string of at most 16 bytes stands in its slot beside its count,
/// so that to count it again touches one cache line and nothing else.
struct TypeCounts {
    private var table: SlotTable
    private var arena: [UInt8] = []
    private var starts: [Int] = [0]

    init(minimumCapacity: Int = 0) {
        var size = 256
        while 3 * size < 4 * minimumCapacity { size *= 2 }
        table = SlotTable(size: size)
    }

    /// Forgets all types and keeps the memory.
    mutating func removeAll() {
        makeUnique()
        table.clear()
        arena.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        starts.append(0)
    }

    /// How many types there are; they are numbered in order of arrival.
    var count: Int { starts.count - 1 }

    /// Occurrences of each type.
    var counts: [UInt64] {
        var counts = [UInt64](repeating: 0, count: count)
        for slot in table.slots where slot.type > 0 { counts[Int(slot.type) - 1] = slot.count }
        return counts
    }

    /// The bytes of a type.
    subscript(type: Int) -> ArraySlice<UInt8> { arena[starts[type]..<starts[type + 1]] }

    /// Lends the bytes of a type.
    @inline(__always)
    func withBytes<Result>(of type: Int, _ body: (ByteSlice) throws -> Result) rethrows -> Result {
        let range = starts[type]..<starts[type + 1]
        return try arena.withUnsafeBufferPointer { try body(ByteSlice(rebasing: $0[range])) }
    }

    /// To be called before `add`: a table shared with a copy of this value is copied.
    mutating func makeUnique() {
        if !isKnownUniquelyReferenced(&table) {
            table = SlotTable(table, size: table.slots.count)
        }
    }

    /// Counts a string, which is not empty.
    @inline(__always)
    mutating func add(_ bytes: ByteSlice, count: UInt64 = 1) {
        guard let base = bytes.baseAddress, let slots = table.slots.baseAddress else { return }
        let key = TypeKey(base, bytes.count)
        let mask = table.slots.count &- 1
        var slot = Int(truncatingIfNeeded: key.hash) & mask
        while slots[slot].type != 0 {
            if slots[slot].key == key, key.isWhole || isSame(slots[slot].type, bytes) {
                slots[slot].count &+= count
                return
            }
            slot = (slot &+ 1) & mask
        }
        insert(bytes, key, count, at: slot)
    }

    /// Counts all that another has counted.
    mutating func add(_ other: TypeCounts) {
        makeUnique()
        for (type, count) in other.counts.enumerated() {
            other.withBytes(of: type) { add($0, count: count) }
        }
    }

    @inline(never)
    private func isSame(_ type: UInt32, _ bytes: ByteSlice) -> Bool {
        withBytes(of: Int(type) - 1) { $0.elementsEqual(bytes) }
    }

    @inline(never)
    private mutating func insert(
        _ bytes: ByteSlice, _ key: TypeKey, _ count: UInt64, at slot: Int
    ) {
        precondition(self.count < Int(UInt32.max) - 1, "at most 2^32 - 2 types are counted")
        arena.append(contentsOf: bytes)
        starts.append(arena.count)
        table.slots[slot] = SlotTable.Slot(key: key, type: UInt32(self.count), count: count)
        if 4 * self.count > 3 * table.slots.count {
            table = SlotTable(table, size: 2 * table.slots.count)
        }
    }
}

extension TypeCounts {
    /// Types by count, descending, and among equals by bytes, ascending.
    ///
    /// The bytes make the order total, so it depends on nothing but what was counted.
    func ranked(minimumCount: UInt64 = 0) -> [(type: Int, count: UInt64)] {
        var order: [(type: Int, count: UInt64)] = []
        order.reserveCapacity(count)
        for (type, count) in counts.enumerated() where count >= minimumCount {
            order.append((type, count))
        }
        order.sort { left, right in
            if left.count != right.count { return left.count > right.count }
            return self[left.type].lexicographicallyPrecedes(self[right.type])
        }
        return order
    }

    /// The `limit` first by rank; calls `body` with each of the others, best first.
    func pruned(to limit: Int, dropping body: (ByteSlice, UInt64) -> Void) -> TypeCounts {
        var kept = TypeCounts(minimumCapacity: limit)
        for (rank, item) in ranked().enumerated() {
            withBytes(of: item.type) { bytes in
                if rank < limit {
                    kept.add(bytes, count: item.count)
                } else {
                    body(bytes, item.count)
                }
            }
        }
        return kept
    }
}
