/// The token ids of records that arrive asynchronously in chunks of bytes.
///
///     for try await tokenIDs in chunks.tokenRecords(tokenizer, framing: .line) { … }
///
/// Each element holds the ids of one record, none for an empty one, and comes as soon as the record
/// is whole, wherever the chunks are cut. Memory is that of a chunk and the longest record.
public struct TokenRecordSequence<Base: AsyncSequence>: AsyncSequence
where Base.Element: Sequence<UInt8> {
    /// The ids of a record.
    public typealias Element = [Int32]

    let base: Base
    let tokenizer: Tokenizer
    let framing: RecordFraming
    let illFormed: IllFormedPolicy

    /// Walks over the records.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var base: Base.AsyncIterator
        private let encoder: TokenEncoder
        private let framing: RecordFraming
        private let illFormed: IllFormedPolicy
        /// The beginning of a record whose end has not come.
        private var held: [UInt8] = []
        private var record = 1
        private var pending: ArraySlice<[Int32]> = []
        private var isEnded = false

        init(_ sequence: TokenRecordSequence) {
            base = sequence.base.makeAsyncIterator()
            encoder = sequence.tokenizer.makeEncoder()
            framing = sequence.framing
            illFormed = sequence.illFormed
        }

        /// The ids of the next record.
        /// - Throws: what the chunks throw, or `TokenizeError.malformedRecord` for a line that is not
        ///   the JSON it was said to be and for ill-formed bytes where they are refused.
        public mutating func next() async throws -> [Int32]? {
            while pending.isEmpty, !isEnded {
                if let chunk = try await base.next() {
                    let start = held.count
                    held.append(contentsOf: chunk)
                    guard let end = lastSeparator(from: start) else { continue }
                    let block = Array(held[...end])
                    held.removeSubrange(...end)
                    try encode(block)
                } else {
                    isEnded = true
                    if !held.isEmpty || framing == .whole { try encode(held) }
                }
            }
            return pending.popFirst()
        }

        /// Where the last record that is whole ends; what stands before `start` was searched.
        private func lastSeparator(from start: Int) -> Int? {
            guard let separator = framing.separator else { return nil }
            return held[start...].lastIndex(of: separator)
        }

        private mutating func encode(_ bytes: [UInt8]) throws {
            var block = TextBlock(bytes: bytes, framing: framing)
            block.path = "stream"
            block.firstRecord = record
            var found: [[Int32]] = []
            try block.forEachPiece(illFormed: illFormed) { piece in
                var tokenIDs: [Int32] = []
                encoder.encode(piece.bytes, into: &tokenIDs)
                found.append(tokenIDs)
            }
            record += found.count
            pending = found[...]
        }
    }

    /// Starts from the first chunk.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}

extension AsyncSequence where Element: Sequence<UInt8> {
    /// The token ids of each record in the text these chunks make up.
    /// - Parameter illFormed: what becomes of ill-formed UTF-8.
    public func tokenRecords(
        _ tokenizer: Tokenizer, framing: RecordFraming = .line,
        illFormed: IllFormedPolicy = .keep
    ) -> TokenRecordSequence<Self> {
        TokenRecordSequence(
            base: self, tokenizer: tokenizer, framing: framing, illFormed: illFormed)
    }
}
