import CTokenIndex

/// Bytes to token ids, built once for a vocabulary and only read from then on.
///
/// The table is laid out for C, which looks up many words at a time: see `ctoken_index`.
///
/// `@unchecked Sendable`: nothing is written after `init`.
final class TokenIndex: @unchecked Sendable {
    /// The borrowed table.
    private(set) var table: ctoken_index
    private let slots: UnsafeMutablePointer<UInt32>
    private let keys: UnsafeMutablePointer<ctoken_key>
    /// The tokens that are longer than a key.
    private let longBytes: UnsafeMutablePointer<UInt8>
    private let offsets: UnsafeMutablePointer<UInt32>
    private let spaced: UnsafeMutablePointer<Int32>
    private let characters: UnsafeMutablePointer<Int32>

    /// The id of the first token that has bytes: byte 0, or `<unk>` at the whitespace level.
    private static let first: Int32 = 2
    private static let longest = Int(CTOKEN_LONGEST)

    /// - Precondition: the long tokens have less than 4 GiB together.
    init(_ vocabulary: Vocabulary) {
        let count = vocabulary.size
        var size = 1024
        while size < 2 * count { size *= 2 }
        let ids = Self.first..<Int32(vocabulary.size)
        let long = ids.lazy.map { vocabulary.length(of: $0) }.filter { $0 > Self.longest }
        let longCount = long.reduce(0, +)
        precondition(longCount <= UInt32.max, "a vocabulary of 4 GiB has no index")
        slots = .allocate(capacity: size)
        slots.initialize(repeating: 0, count: size)
        keys = .allocate(capacity: count)
        keys.initialize(repeating: ctoken_key(low: 0, high: 0), count: count)
        offsets = .allocate(capacity: count)
        offsets.initialize(repeating: 0, count: count)
        spaced = .allocate(capacity: 128)
        spaced.initialize(repeating: 0, count: 128)
        characters = .allocate(capacity: 1 << 16)
        characters.initialize(repeating: 0, count: 1 << 16)
        longBytes = .allocate(capacity: longCount)
        table = ctoken_index(
            slots: slots, keys: keys, bytes: longBytes, offsets: offsets, spaced: spaced,
            characters: characters,
            mask: UInt64(size - 1), shift: Int32(64 - size.trailingZeroBitCount),
            id_bits: UInt32.max >> UInt32(UInt32(vocabulary.size).leadingZeroBitCount),
            first: Self.first)
        var bytes: [UInt8] = []
        var offset = 0
        for tokenID in ids {
            bytes.removeAll(keepingCapacity: true)
            _ = vocabulary.append(tokenID, to: &bytes)
            bytes.withUnsafeBufferPointer { token in
                guard let base = token.baseAddress else { return }
                let entry = Int(tokenID)
                if token.count == 2, base[0] == 0x20, base[1] < 0x80 {
                    spaced[Int(base[1])] = tokenID
                }
                let scalar = Int(ctoken_character(base, token.count))
                if scalar >= 0 { characters[scalar] = tokenID }
                offsets[entry] = UInt32(offset)
                keys[entry] = ctoken_make_key(base, token.count, token.count)
                insert(keys[entry], tokenID)
                guard token.count > Self.longest else { return }
                (longBytes + offset).update(from: base, count: token.count)
                offset += token.count
            }
        }
    }

    deinit {
        slots.deallocate()
        keys.deallocate()
        offsets.deallocate()
        spaced.deallocate()
        characters.deallocate()
        longBytes.deallocate()
    }

    private func insert(_ key: ctoken_key, _ tokenID: Int32) {
        var slot = Int(ctoken_slot(&table, key))
        while slots[slot] != 0 { slot = (slot + 1) & Int(table.mask) }
        slots[slot] = ctoken_entry(&table, key, tokenID)
    }
}
