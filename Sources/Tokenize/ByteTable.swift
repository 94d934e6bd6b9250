/// Byte strings numbered in order of arrival, with open addressing over one arena.
///
/// Vocabulary lookup and counting share it. Keys are bytes and nothing else: two spellings that
/// Swift's `String` takes for equal are two entries here.
struct ByteTable: Sendable {
    private var arena: [UInt8] = []
    private var starts: [Int] = [0]
    /// Hash (upper half) and entry number + 1 (lower half); 0 is free. A power of two, at most half
    /// full.
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

    /// The number of a key, if it is in the table.
    @inline(__always)
    func index(of key: ByteSlice) -> Int? {
        guard let base = key.baseAddress else { return nil }
        let hash = Self.hash(base, key.count)
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            if UInt32(truncatingIfNeeded: entry >> 32) == hash {
                let index = Int(truncatingIfNeeded: entry & 0xFFFF_FFFF) - 1
                if equals(index, base, key.count) { return index }
            }
            slot = (slot + 1) & mask
        }
    }

    /// The number of a key, which is added if it is new. Keys are not empty.
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
            key.baseAddress.map { Self.hash($0, key.count) } ?? 0
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

    @inline(__always)
    private func equals(_ index: Int, _ key: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        let start = starts[index]
        guard starts[index + 1] - start == length else { return false }
        return arena.withUnsafeBufferPointer { arena in
            var offset = 0
            while offset < length {
                if arena[start + offset] != key[offset] { return false }
                offset += 1
            }
            return true
        }
    }

    /// Multiply-and-fold over 8-byte words; never seen outside this process.
    @inline(__always)
    private static func hash(_ key: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
        let bytes = UnsafeRawPointer(key)
        var low: UInt64 = 0
        var high: UInt64 = 0
        var seed: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count)
        if count >= 8 {
            var offset = 0
            while offset + 16 < count {
                seed = fold(
                    bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ seed,
                    bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
                        ^ 0xE703_7ED1_A0B4_28DB)
                offset += 16
            }
            low = bytes.loadUnaligned(fromByteOffset: max(0, count - 16), as: UInt64.self)
            high = bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
        } else if count >= 4 {
            low = UInt64(bytes.loadUnaligned(as: UInt32.self))
            high = UInt64(bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
        } else if count > 0 {
            low = UInt64(key[0]) << 16 | UInt64(key[count >> 1]) << 8 | UInt64(key[count - 1])
        }
        let mixed = fold(low ^ seed, high ^ 0xA076_1D64_78BD_642F)
        return UInt32(truncatingIfNeeded: mixed ^ mixed >> 32)
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
