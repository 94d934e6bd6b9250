import Glibc

/// Token sequences on disk, read by `pread` one at a time.
///
/// `<name>.tokens` holds the ids of all sequences without a gap, little-endian, 2 bytes each if the
/// vocabulary has at most 65,536 entries and else 4; `<name>.index` the place of each sequence's first id
/// and of the end, 8 bytes each, counted in ids.
///
/// The files are not mapped: pages of a mapping count as memory of the process, which would seem
/// to grow with the corpus, and a file that shrinks would end the process.
public final class TokenStore: Sendable {
    /// Number of sequences.
    public let recordCount: Int
    /// Number of token ids in all of them.
    public let tokenCount: Int
    /// Most token ids a sequence may have.
    public let maximumLength: Int

    private let vocabularySize: Int
    private let tokens: StoreFile
    private let index: StoreFile

    /// Opens a store and checks its size.
    init(
        _ folder: String, _ name: String, recordCount: Int, tokenCount: Int, maximumLength: Int,
        vocabularySize: Int
    ) throws {
        self.recordCount = recordCount
        self.tokenCount = tokenCount
        self.maximumLength = maximumLength
        self.vocabularySize = vocabularySize
        tokens = try StoreFile(
            Self.tokensPath(folder, name), elementSize: Self.elementSize(vocabularySize),
            count: tokenCount)
        index = try StoreFile(
            Self.indexPath(folder, name), elementSize: 8, count: recordCount + 1)
    }

    /// Where a sequence stands.
    struct Span {
        var record: Int
        var start: Int
        var length: Int
    }

    /// Looks up where a sequence stands.
    /// - Throws: ``TrainingError/damagedCache(path:reason:)`` if the index makes no sense.
    func span(of record: Int) throws -> Span {
        precondition((0..<recordCount).contains(record), "a record lies in 0 ..< \(recordCount)")
        return try withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { buffer in
            try index.read(from: record, into: buffer)
            let start = UInt64(littleEndian: buffer.load(as: UInt64.self))
            let end = UInt64(littleEndian: buffer.load(fromByteOffset: 8, as: UInt64.self))
            guard start <= end, end <= UInt64(tokenCount), end - start <= UInt64(maximumLength)
            else {
                throw TrainingError.damagedCache(
                    path: index.path, reason: "record \(record) reaches from \(start) to \(end)")
            }
            return Span(record: record, start: Int(start), length: Int(end - start))
        }
    }

    /// Mean and standard deviation of ln T over sequences of T steps, end mark included: of all, or of some ten thousand
    /// spread evenly over a larger store.
    var logLengths: (mean: Double, standardDeviation: Double) {
        get throws {
            let stride = max(1, recordCount / 10_000)
            var (count, sum, squares) = (0.0, 0.0, 0.0)
            for record in Swift.stride(from: 0, to: recordCount, by: stride) {
                let length = log(Double(try span(of: record).length + 1))
                count += 1
                sum += length
                squares += length * length
            }
            let mean = sum / max(1, count)
            return (mean, max(0, squares / max(1, count) - mean * mean).squareRoot())
        }
    }

    /// Reads the token ids of a sequence.
    /// - Throws: ``TrainingError/damagedCache(path:reason:)`` for an id outside the vocabulary or
    ///   files that have changed.
    func sequence(_ span: Span) throws -> [Int32] {
        try [Int32](unsafeUninitializedCapacity: span.length) { ids, count in
            if tokens.elementSize == 4 {
                try tokens.read(from: span.start, into: UnsafeMutableRawBufferPointer(ids))
                for place in 0..<span.length { ids[place] = Int32(littleEndian: ids[place]) }
            } else {
                try withUnsafeTemporaryAllocation(of: UInt16.self, capacity: span.length) { raw in
                    try tokens.read(from: span.start, into: UnsafeMutableRawBufferPointer(raw))
                    for place in 0..<span.length {
                        ids[place] = Int32(UInt16(littleEndian: raw[place]))
                    }
                }
            }
            for place in 0..<span.length where !(0..<vocabularySize).contains(Int(ids[place])) {
                throw TrainingError.damagedCache(
                    path: tokens.path,
                    reason: "record \(span.record) has token id \(ids[place]), the vocabulary is "
                        + "0 ..< \(vocabularySize)")
            }
            count = span.length
        }
    }

    /// Reads the token ids of a record; neither `<bos>` nor `<eos>` is among them.
    /// - Throws: ``TrainingError/damagedCache(path:reason:)`` if the files have changed.
    public func sequence(at record: Int) throws -> [Int32] {
        try sequence(try span(of: record))
    }

    static func tokensPath(_ folder: String, _ name: String) -> String {
        "\(folder)/\(name).tokens"
    }

    static func indexPath(_ folder: String, _ name: String) -> String {
        "\(folder)/\(name).index"
    }

    /// Bytes a token id takes.
    static func elementSize(_ vocabularySize: Int) -> Int { vocabularySize <= 1 << 16 ? 2 : 4 }
}
