/// The memory of a hash table of types: slots side by side, open addressing.
final class SlotTable {
    struct Slot {
        var key = TypeKey(low: 0, high: 0, length: 0)
        /// Number of the type + 1; 0 where the slot is free.
        var type: UInt32 = 0
        var count: UInt64 = 0
    }

    /// A power of two of them, at most three quarters of which are taken.
    let slots: UnsafeMutableBufferPointer<Slot>

    init(size: Int) {
        slots = .allocate(capacity: size)
        slots.initialize(repeating: Slot())
    }

    /// The same contents in a table of at least the same size.
    init(_ other: SlotTable, size: Int) {
        slots = .allocate(capacity: size)
        if size == other.slots.count {
            _ = slots.initialize(from: other.slots)
            return
        }
        slots.initialize(repeating: Slot())
        for item in other.slots where item.type != 0 {
            var slot = Int(truncatingIfNeeded: item.key.hash) & (size - 1)
            while slots[slot].type != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = item
        }
    }

    deinit { slots.deallocate() }

    func clear() { slots.update(repeating: Slot()) }
}
