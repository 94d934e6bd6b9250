/// Bytes to token ids, built once for a vocabulary and only read from then on.
///
/// Open addressing; a slot holds 24 bits of the hash, the length and the id. The bytes of tokens up to
/// 16 long stand beside each other in the order of ids, which is that of frequency, as two words
/// each: nearly all lookups are settled by comparing two words that are in the cache.
///
/// `@unchecked Sendable`: nothing is written after `init`.
final class TokenIndex: @unchecked Sendable {
    private let slots: UnsafeMutablePointer<UInt64>
    private let mask: Int
    private let keys: UnsafeMutablePointer<Words>
    /// Holds the tokens longer than a key.
    private let vocabulary: Vocabulary

    /// Up to 16 bytes, padded with zeros.
    fileprivate typealias Words = (low: UInt64, high: UInt64)

    /// The id of the first token that has bytes: byte 0, or `<unk>` at the whitespace level.
    private static let first: Int32 = 2
    private static let longest = 16

    init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        let count = vocabulary.size - Int(Self.first)
        var size = 1024
        while size < 2 * count { size *= 2 }
        mask = size - 1
        slots = .allocate(capacity: size)
        slots.initialize(repeating: 0, count: size)
        keys = .allocate(capacity: count)
        keys.initialize(repeating: (0, 0), count: count)
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
        let hash: UInt64
        if token.count <= Self.longest {
            let words = Self.words(base, token.count, readable: token.count)
            keys[Int(tokenID - Self.first)] = words
            hash = Self.hash(words, token.count)
        } else {
            hash = Self.hash(long: token)
        }
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = Self.tag(hash, token.count) | UInt64(UInt32(bitPattern: tokenID))
    }

    /// A piece of text on its way to its id.
    struct Query {
        var start: Int
        var end: Int
        fileprivate var words: Words = (0, 0)
        fileprivate var hash: UInt64 = 0
        fileprivate var entry: UInt64 = 0
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
            let length = min(end &- start, Self.longest)
            let words = Self.words(base + start, length, readable: count &- start)
            let hash = Self.hash(words, length)
            queries[index].words = words
            queries[index].hash = hash
            queries[index].entry = slots[Int(truncatingIfNeeded: hash) & mask]
        }
        for index in queries.indices {
            let query = queries[index]
            let tokenID = Int32(truncatingIfNeeded: query.entry)
            let key = keys[max(0, Int(tokenID &- Self.first))]
            let difference =
                (query.entry & ~0xFFFF_FFFF ^ Self.tag(query.hash, query.end &- query.start))
                | (key.low ^ query.words.low) | (key.high ^ query.words.high)
            queries[index].tokenID = difference == 0 ? tokenID : 0
        }
    }

    /// The id of the token with these bytes, or 0 if there is none.
    ///
    /// - Parameter readable: how many bytes can be read from `base` on, `count` or more.
    func tokenID(of base: UnsafePointer<UInt8>, _ count: Int, readable: Int) -> Int32 {
        guard count <= Self.longest else {
            return longTokenID(of: ByteSlice(start: base, count: count))
        }
        let words = Self.words(base, count, readable: readable)
        let hash = Self.hash(words, count)
        let tag = Self.tag(hash, count)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return 0 }
            if entry & ~0xFFFF_FFFF == tag {
                let tokenID = Int32(truncatingIfNeeded: entry)
                let key = keys[Int(tokenID &- Self.first)]
                if key.low == words.low, key.high == words.high { return tokenID }
            }
            slot = (slot &+ 1) & mask
        }
    }

    private func longTokenID(of token: ByteSlice) -> Int32 {
        if token.count > Vocabulary.maximumTokenLength { return 0 }
        let hash = Self.hash(long: token)
        let tag = Self.tag(hash, token.count)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return 0 }
            if entry & ~0xFFFF_FFFF == tag {
                let tokenID = Int32(truncatingIfNeeded: entry)
                let index = Int(tokenID - vocabulary.firstEntry)
                if vocabulary.table.withBytes(of: index, { $0.elementsEqual(token) }) {
                    return tokenID
                }
            }
            slot = (slot + 1) & mask
        }
    }

    @inline(__always)
    private static func words(
        _ base: UnsafePointer<UInt8>, _ count: Int, readable: Int
    ) -> Words {
        if readable >= longest {
            // Both words whatever the length, and then only what counts of them: no branch.
            let raw = UnsafeRawPointer(base)
            let low = raw.loadUnaligned(as: UInt64.self)
            let high = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            let bits = UInt64(truncatingIfNeeded: count &* 8)
            return (
                UInt64(littleEndian: low) & (bits >= 64 ? .max : (1 &<< bits) &- 1),
                UInt64(littleEndian: high)
                    & (bits <= 64 ? 0 : UInt64.max &>> (128 &- bits))
            )
        }
        var words: Words = (0, 0)
        for index in 0..<count {
            let byte = UInt64(base[index]) &<< UInt64(truncatingIfNeeded: 8 &* (index & 7))
            if index < 8 { words.low |= byte } else { words.high |= byte }
        }
        return words
    }

    @inline(__always)
    private static func hash(_ words: Words, _ count: Int) -> UInt64 {
        let left = words.low ^ 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count)
        let product = left.multipliedFullWidth(by: words.high ^ 0xA076_1D64_78BD_642F)
        return product.high ^ product.low
    }

    private static func hash(long token: ByteSlice) -> UInt64 {
        token.baseAddress.map {
            UInt64(ByteHash.hash($0, token.count)) &* 0x9E37_79B9_7F4A_7C15
        } ?? 0
    }

    /// The upper half of a slot.
    @inline(__always)
    private static func tag(_ hash: UInt64, _ count: Int) -> UInt64 {
        hash & 0xFFFF_FF00_0000_0000 | UInt64(truncatingIfNeeded: count & 0xFF) &<< 32
    }
}
