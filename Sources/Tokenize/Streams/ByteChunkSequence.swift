/// Bytes that arrive one at a time, gathered into chunks for `tokenIDs` and `tokenRecords`.
///
/// A chunk ends with a line feed, at 64 KiB, or with the bytes: whoever types a line gets its answer.
public struct ByteChunkSequence<Base: AsyncSequence>: AsyncSequence where Base.Element == UInt8 {
    /// Bytes that belong together.
    public typealias Element = [UInt8]

    let base: Base
    private static var mostBytes: Int { 1 << 16 }

    /// Walks over the bytes.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var base: Base.AsyncIterator

        /// The next bytes; never none.
        public mutating func next() async throws -> [UInt8]? {
            var chunk: [UInt8] = []
            while chunk.count < mostBytes, let byte = try await base.next() {
                chunk.append(byte)
                if byte == 0x0A { break }
            }
            return chunk.isEmpty ? nil : chunk
        }
    }

    /// Starts from the first byte.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator())
    }
}

extension AsyncSequence where Element == UInt8 {
    /// These bytes in chunks.
    public func chunks() -> ByteChunkSequence<Self> { ByteChunkSequence(base: self) }
}
