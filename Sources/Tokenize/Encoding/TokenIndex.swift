/// Bytes to token ids, built once for a vocabulary and only read from then on.
///
/// Open addressing in slots of four bytes: an id, and as many bits of the hash as are left over. The
/// keys stand in the order of ids, which is that of frequency, so that the few that most text asks
/// for share few cache lines. The key of a token of up to 15 bytes is the token.
///
/// `@unchecked Sendable`: nothing is written after `init`.
final class TokenIndex: @unchecked Sendable {
    private let slots: UnsafeMutablePointer<UInt32>
    private let mask: Int
    /// Which bits of a slot are the id.
    private let idBits: UInt32
    private let keys: UnsafeMutablePointer<Key>
    /// Holds the bytes of long tokens.
    private let vocabulary: Vocabulary

    /// Up to 15 bytes, padded with zeros, and their number in the last; of longer tokens two hashes
    /// and the length.
    fileprivate struct Key: Equatable {
        var low: UInt64 = 0
        var high: UInt64 = 0

        @inline(__always)
        var hash: UInt64 {
            let product = (low ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(
                by: high ^ 0xA076_1D64_78BD_642F)
            return product.high ^ product.low
        }
    }

    /// The id of the first token that has bytes: byte 0, or `<unk>` at the whitespace level.
    private static let first: Int32 = 2
    /// The longest token that is its own key.
    private static let longest = 15

    init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        let count = vocabulary.size - Int(Self.first)
        var size = 1024
        while size < 2 * count { size *= 2 }
        mask = size - 1
        idBits = UInt32.max >> UInt32(UInt32(vocabulary.size).leadingZeroBitCount)
        slots = .allocate(capacity: size)
        slots.initialize(repeating: 0, count: size)
        keys = .allocate(capacity: count)
        keys.initialize(repeating: Key(), count: count)
        var bytes: [UInt8] = []
        for tokenID in Self.first..<Int32(vocabulary.size) {
            bytes.removeAll(keepingCapacity: true)
            _ = vocabulary.append(tokenID, to: &bytes)
            bytes.withUnsafeBufferPointer { insert($0, tokenID) }
        }
    }

    deinit {
        slots.deallocate()
        keys.deallocate()
    }

    private func insert(_ token: ByteSlice, _ tokenID: Int32) {
        guard let base = token.baseAddress else { return }
        let key = Self.key(base, token.count, readable: token.count)
        keys[Int(tokenID - Self.first)] = key
        let hash = key.hash
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = tag(hash) | UInt32(bitPattern: tokenID)
    }

    /// A piece of text on its way to its id.
    struct Query {
        var start: Int
        var end: Int
        fileprivate var key = Key()
        fileprivate var entry: UInt32 = 0
        /// The id if the first look found it, else 0.
        var tokenID: Int32 = 0

        @inline(__always)
        init(start: Int, end: Int) {
            self.start = start
            self.end = end
        }
    }

    /// Looks many pieces up at once, each step for all of them before the next: so the processor
    /// waits for many slots, and then for many keys, at the same time.
    ///
    /// Pieces that are long or not in their first slot are left with id 0: ask `tokenID(of:)`.
    @inline(__always)
    func find(
        _ queries: UnsafeMutableBufferPointer<Query>, in base: UnsafePointer<UInt8>, count: Int
    ) {
        for index in queries.indices {
            let (start, end) = (queries[index].start, queries[index].end)
            // A long piece gets a key that no token has.
            let key =
                end &- start > Self.longest
                ? Key() : Self.key(base + start, end &- start, readable: count &- start)
            queries[index].key = key
            queries[index].entry = slots[Int(truncatingIfNeeded: key.hash) & mask]
        }
        for index in queries.indices {
            let tokenID = Int32(bitPattern: queries[index].entry & idBits)
            let key = keys[max(0, Int(tokenID &- Self.first))]
            queries[index].tokenID = key == queries[index].key ? tokenID : 0
        }
    }

    /// The id of the token with these bytes, or 0 if there is none.
    ///
    /// - Parameter readable: how many bytes can be read from `base` on, `count` or more.
    func tokenID(of base: UnsafePointer<UInt8>, _ count: Int, readable: Int) -> Int32 {
        if count > Vocabulary.maximumTokenLength { return 0 }
        let key = Self.key(base, count, readable: readable)
        let hash = key.hash
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return 0 }
            if entry & ~idBits == tag(hash) {
                let tokenID = Int32(bitPattern: entry & idBits)
                if keys[Int(tokenID &- Self.first)] == key,
                    count <= Self.longest || isEntry(tokenID, base, count)
                {
                    return tokenID
                }
            }
            slot = (slot &+ 1) & mask
        }
    }

    private func isEntry(_ tokenID: Int32, _ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        vocabulary.table.withBytes(of: Int(tokenID - vocabulary.firstEntry)) {
            $0.elementsEqual(ByteSlice(start: base, count: count))
        }
    }

    @inline(__always)
    private static func key(
        _ base: UnsafePointer<UInt8>, _ count: Int, readable: Int
    ) -> Key {
        if count > longest { return longKey(base, count) }
        let length = UInt64(truncatingIfNeeded: count) &<< 56
        if readable > longest {
            // Both words whatever the length, and then only what counts of them: no branch.
            let raw = UnsafeRawPointer(base)
            let low = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
            let high = UInt64(
                littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            let bits = UInt64(truncatingIfNeeded: count &* 8)
            return Key(
                low: low & (bits >= 64 ? .max : (1 &<< bits) &- 1),
                high: high & (bits <= 64 ? 0 : .max &>> (128 &- bits)) | length)
        }
        var key = Key(low: 0, high: length)
        for index in 0..<count {
            let byte = UInt64(base[index]) &<< UInt64(truncatingIfNeeded: 8 &* (index & 7))
            if index < 8 { key.low |= byte } else { key.high |= byte }
        }
        return key
    }

    private static func longKey(_ base: UnsafePointer<UInt8>, _ count: Int) -> Key {
        let hash = UInt64(ByteHash.hash(base, count)) &* 0x9E37_79B9_7F4A_7C15
        return Key(low: hash, high: UInt64(count) << 56)
    }

    /// What a slot holds beside the id.
    @inline(__always)
    private func tag(_ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash &>> 32) & ~idBits
    }
}
