import Files

/// Writes a ``TokenStore``, sequence by sequence.
final class TokenStoreWriter {
    private(set) var recordCount = 0
    private(set) var tokenCount = 0

    private let elementSize: Int
    private let tokens: DigestedSink
    private let index: DigestedSink

    init(_ folder: String, _ name: String, vocabularySize: Int) throws {
        elementSize = TokenStore.elementSize(vocabularySize)
        tokens = try DigestedSink(TokenStore.tokensPath(folder, name))
        index = try DigestedSink(TokenStore.indexPath(folder, name))
        try writeIndex()
    }

    /// Adds a sequence; its ids lie in the vocabulary.
    func append(_ tokenIDs: [Int32]) throws {
        if elementSize == 4 {
            try withUnsafeTemporaryAllocation(of: Int32.self, capacity: tokenIDs.count) { raw in
                for (place, id) in tokenIDs.enumerated() { raw[place] = id.littleEndian }
                try tokens.write(UnsafeRawBufferPointer(raw))
            }
        } else {
            try withUnsafeTemporaryAllocation(of: UInt16.self, capacity: tokenIDs.count) { raw in
                for (place, id) in tokenIDs.enumerated() {
                    raw[place] = UInt16(truncatingIfNeeded: id).littleEndian
                }
                try tokens.write(UnsafeRawBufferPointer(raw))
            }
        }
        recordCount += 1
        tokenCount += tokenIDs.count
        try writeIndex()
    }

    /// Hands what was written to the system, so that it can be read.
    func flush() throws {
        try tokens.sink.flush()
        try index.sink.flush()
    }

    /// Hands everything to the disk and closes the files.
    func finish() throws -> StoredSequences {
        StoredSequences(
            records: recordCount, tokens: tokenCount, tokensDigest: try tokens.finish(),
            indexDigest: try index.finish())
    }

    private func writeIndex() throws {
        try withUnsafeBytes(of: UInt64(tokenCount).littleEndian) { try index.write($0) }
    }
}

/// What a ``TokenStore`` holds, as the cache's record tells it.
struct StoredSequences: Equatable {
    var records: Int
    var tokens: Int
    var tokensDigest: String
    var indexDigest: String
}

/// A file being written, and the digest of what it holds.
private struct DigestedSink {
    let sink: FileSink
    private let digest = Digest()

    init(_ path: String) throws { sink = try FileSink(path: path) }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        digest.update(bytes)
        try sink.write(bytes)
    }

    func finish() throws -> String {
        try sink.synchronize()
        try sink.close()
        return digest.hex
    }
}
