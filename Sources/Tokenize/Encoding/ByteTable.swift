/// Byte strings numbered in order of arrival, with open addressing over one arena.
///
/// Vocabulary lookup and counting share it. Keys are bytes and nothing else: two spellings that
/// Swift's `String` takes for equal are two entries here.
struct ByteTable: Sendable {
    private var arena: [UInt8] = []
    private var starts: [Int] = [0]
    /// Hash (upper half) and entry number + 1 (lower half), 0 where free.
    ///
    /// A power of two of them, at most half of which are taken.
    private var slots: [UInt64]

    /// Number of entries.
    var count: Int { starts.count - 1 }
    /// Length of all entries together.
    var byteCount: Int { arena.count }

    init(minimumCapacity: Int = 0) {
        var size = 64
        while size < 2 * minimumCapacity { size *= 2 }
        slots = Array(repeating: 0, count: size)
        starts.reserveCapacity(minimumCapacity + 1)
    }

    /// Length of entry `index` in bytes.
    func length(of index: Int) -> Int { starts[index + 1] - starts[index] }

    /// The bytes of an entry.
    subscript(index: Int) -> ArraySlice<UInt8> { arena[starts[index]..<starts[index + 1]] }

    /// Lends the bytes of an entry.
    @inline(__always)
    func withBytes<Result>(of index: Int, _ body: (ByteSlice) throws -> Result) rethrows -> Result {
        let range = starts[index]..<starts[index + 1]
        return try arena.withUnsafeBufferPointer { try body(ByteSlice(rebasing: $0[range])) }
    }

    /// Lends the table for many lookups.
    @inline(__always)
    func withView<Result>(_ body: (View) throws -> Result) rethrows -> Result {
        try slots.withUnsafeBufferPointer { slots in
            try starts.withUnsafeBufferPointer { starts in
                try arena.withUnsafeBufferPointer { arena in
                    try body(View(slots: slots, starts: starts, arena: arena))
                }
            }
        }
    }

    /// The number of a key, if it is in the table.
    @inline(__always)
    func index(of key: ByteSlice) -> Int? { withView { $0.index(of: key) } }

    /// The number of a key, which is added if it is new.
    ///
    /// Keys are not empty.
    @inline(__always)
    mutating func insert(_ key: ByteSlice) -> (index: Int, isNew: Bool) {
        if let index = index(of: key) { return (index, false) }
        precondition(count < Int(UInt32.max) - 1, "a ByteTable holds at most 2^32 - 2 entries")
        arena.append(contentsOf: key)
        starts.append(arena.count)
        if 2 * count > slots.count { grow() } else { place(count - 1) }
        return (count - 1, true)
    }

    private mutating func place(_ index: Int) {
        let hash = withBytes(of: index) { key in
            key.baseAddress.map { ByteHash.hash($0, key.count) } ?? 0
        }
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt64(hash) << 32 | UInt64(index + 1)
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: 2 * slots.count)
        for index in 0..<count { place(index) }
    }
}
