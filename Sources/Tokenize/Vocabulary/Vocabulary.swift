/// Token ids and their bytes: special tokens, byte tokens, then the entries of a `ByteTable`.
struct Vocabulary: Sendable {
    static let bos: Int32 = 0
    static let eos: Int32 = 1
    static let unknownBytes = Array("<unk>".utf8)
    /// Longest entry in bytes: nothing longer is worth an id, and lookups may stop there.
    static let maximumTokenLength = 255

    let level: TokenLevel
    private(set) var table: ByteTable
    /// How often each entry was seen in training.
    private(set) var counts: [UInt64] = []

    init(level: TokenLevel, minimumCapacity: Int = 0) {
        self.level = level
        table = ByteTable(minimumCapacity: minimumCapacity)
    }

    var unknown: Int32? { level.isLossless ? nil : 2 }
    /// The id of byte 0, at the lossless levels.
    @inline(__always) static var firstByte: Int32 { 2 }
    /// The id of entry 0.
    var firstEntry: Int32 { Self.firstEntry(level) }
    var size: Int { Int(firstEntry) + table.count }

    static func firstEntry(_ level: TokenLevel) -> Int32 { level.isLossless ? 2 + 256 : 3 }

    /// Adds the next entry; returns what is wrong with it, if anything.
    mutating func add(_ token: ByteSlice, count: UInt64) -> String? {
        if level == .byte { return "the byte level has no vocabulary of its own" }
        if token.isEmpty { return "the token is empty" }
        if token.count > Self.maximumTokenLength {
            return "the token has \(token.count) bytes, at most \(Self.maximumTokenLength) are kept"
        }
        if level.isLossless {
            if token.count == 1 { return "single bytes are in every vocabulary already" }
        } else {
            if token.elementsEqual(Self.unknownBytes) { return "<unk> is a special token already" }
            if token.contains(where: FieldSplitter.isSeparator) {
                return "the token has white space in it, which the whitespace level splits on"
            }
        }
        if size >= Int(Int32.max) { return "there are no token ids left" }
        let (index, isNew) = table.insert(token)
        if !isNew { return "the token is there already, as entry \(index)" }
        counts.append(count)
        return nil
    }

    func tokenID(of token: ByteSlice) -> Int32? { withLookup { $0.tokenID(of: token) } }

    /// Lends the vocabulary for many lookups.
    @inline(__always)
    func withLookup<Result>(_ body: (Lookup) throws -> Result) rethrows -> Result {
        try table.withView {
            try body(Lookup(table: $0, firstEntry: firstEntry, unknown: unknown))
        }
    }

    /// A borrowed vocabulary: bytes to token ids.
    struct Lookup {
        fileprivate let table: ByteTable.View
        fileprivate let firstEntry: Int32
        /// `<unk>`, at the whitespace level only.
        let unknown: Int32?

        @inline(__always)
        func tokenID(of token: ByteSlice) -> Int32? {
            if unknown == nil {
                if token.count == 1 { return Vocabulary.firstByte + Int32(token[0]) }
                if token.count > Vocabulary.maximumTokenLength { return nil }
            } else if token.count == 5, token.elementsEqual(Vocabulary.unknownBytes) {
                return unknown
            }
            guard let index = table.index(of: token) else { return nil }
            return firstEntry + Int32(truncatingIfNeeded: index)
        }
    }

    /// Appends the bytes of a token; false if there is no such id.
    @inline(__always)
    func append(_ tokenID: Int32, to bytes: inout [UInt8]) -> Bool {
        guard tokenID >= 0, Int(tokenID) < size else { return false }
        if tokenID >= firstEntry {
            table.withBytes(of: Int(tokenID - firstEntry)) { bytes.append(contentsOf: $0) }
        } else if tokenID == unknown {
            bytes.append(contentsOf: Self.unknownBytes)
        } else if tokenID >= Self.firstByte {
            bytes.append(UInt8(truncatingIfNeeded: tokenID - Self.firstByte))
        }
        return true
    }

    /// How many bytes a token stands for; the id must be one of the vocabulary's.
    @inline(__always)
    func length(of tokenID: Int32) -> Int {
        if tokenID >= firstEntry { return table.length(of: Int(tokenID - firstEntry)) }
        if tokenID == unknown { return Self.unknownBytes.count }
        return tokenID >= Self.firstByte ? 1 : 0
    }

    /// The bytes of a sequence of tokens.
    func decode(_ tokenIDs: UnsafeBufferPointer<Int32>) throws -> [UInt8] {
        var byteCount = level.isLossless ? 0 : tokenIDs.count
        for position in tokenIDs.indices {
            let tokenID = tokenIDs[position]
            guard tokenID >= 0, Int(tokenID) < size else {
                throw TokenizeError.tokenIDOutOfRange(
                    id: tokenID, position: position, vocabularySize: size)
            }
            byteCount += length(of: tokenID)
        }
        guard level.isLossless else { return joined(tokenIDs, byteCount) }
        return withLookup { lookup in
            [UInt8](unsafeUninitializedCapacity: byteCount) { bytes, filled in
                for tokenID in tokenIDs {
                    if tokenID >= lookup.firstEntry {
                        let entry = lookup.table.bytes(of: Int(tokenID - lookup.firstEntry))
                        for index in entry.indices { bytes[filled + index] = entry[index] }
                        filled += entry.count
                    } else if tokenID >= Self.firstByte {
                        bytes[filled] = UInt8(truncatingIfNeeded: tokenID - Self.firstByte)
                        filled += 1
                    }
                }
            }
        }
    }

    /// Words with one space between.
    private func joined(_ tokenIDs: UnsafeBufferPointer<Int32>, _ byteCount: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        for tokenID in tokenIDs {
            if tokenID > Self.eos, !bytes.isEmpty { bytes.append(0x20) }
            _ = append(tokenID, to: &bytes)
        }
        return bytes
    }
}
