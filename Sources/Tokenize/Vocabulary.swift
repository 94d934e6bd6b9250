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

    @inline(__always)
    func tokenID(of token: ByteSlice) -> Int32? {
        if level.isLossless {
            if token.count == 1 { return Self.firstByte + Int32(token[0]) }
            if token.count > Self.maximumTokenLength { return nil }
        } else if token.elementsEqual(Self.unknownBytes) {
            return unknown
        }
        guard let index = table.index(of: token) else { return nil }
        return firstEntry + Int32(truncatingIfNeeded: index)
    }

    /// Appends the bytes of a token; false if there is no such id.
    func append(_ tokenID: Int32, to bytes: inout [UInt8]) -> Bool {
        guard tokenID >= 0, Int(tokenID) < size else { return false }
        if tokenID >= firstEntry {
            bytes.append(contentsOf: table[Int(tokenID - firstEntry)])
        } else if tokenID == unknown {
            bytes.append(contentsOf: Self.unknownBytes)
        } else if tokenID >= Self.firstByte {
            bytes.append(UInt8(truncatingIfNeeded: tokenID - Self.firstByte))
        }
        return true
    }
}
