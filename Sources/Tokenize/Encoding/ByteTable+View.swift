extension ByteTable {
    /// The borrowed memory of a table, read without a detour: all offsets in it are the table's own.
    struct View {
        private let slots: UnsafeBufferPointer<UInt64>
        private let starts: UnsafeBufferPointer<Int>
        private let arena: UnsafeBufferPointer<UInt8>

        @inline(__always)
        init(
            slots: UnsafeBufferPointer<UInt64>, starts: UnsafeBufferPointer<Int>,
            arena: UnsafeBufferPointer<UInt8>
        ) {
            self.slots = slots
            self.starts = starts
            self.arena = arena
        }

        /// The bytes of an entry.
        @inline(__always)
        func bytes(of index: Int) -> ByteSlice {
            ByteSlice(rebasing: arena[starts[index]..<starts[index + 1]])
        }

        /// The number of a key, if it is in the table.
        @inline(__always)
        func index(of key: ByteSlice) -> Int? {
            guard let base = key.baseAddress else { return nil }
            let hash = ByteHash.hash(base, key.count)
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

        @inline(__always)
        private func equals(_ index: Int, _ key: UnsafePointer<UInt8>, _ length: Int) -> Bool {
            let start = starts[index]
            guard starts[index + 1] - start == length, let arena = arena.baseAddress else {
                return false
            }
            let entry = UnsafeRawPointer(arena + start)
            let wanted = UnsafeRawPointer(key)
            var offset = 0
            while offset + 8 <= length {
                if entry.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    != wanted.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                {
                    return false
                }
                offset += 8
            }
            while offset < length {
                if entry.load(fromByteOffset: offset, as: UInt8.self) != key[offset] {
                    return false
                }
                offset += 1
            }
            return true
        }
    }
}

enum ByteHash {
    /// Multiply-and-fold over 8-byte words; never seen outside this process.
    @inline(__always)
    static func hash(_ key: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
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
