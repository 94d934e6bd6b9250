/// The token ids of a text that arrives asynchronously in chunks of bytes.
///
///     for try await tokenIDs in chunks.tokenIDs(tokenizer) { … }
///
/// Each element holds the ids that a chunk decided, and is never empty; all of them together are the
/// ids of the whole text.
public struct TokenIDSequence<Base: AsyncSequence>: AsyncSequence
where Base.Element: Sequence<UInt8> {
    /// Ids that belong together.
    public typealias Element = [Int32]

    let base: Base
    let tokenizer: Tokenizer

    /// Walks over the chunks.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var base: Base.AsyncIterator
        private var encoder: StreamingEncoder?

        init(base: Base.AsyncIterator, encoder: StreamingEncoder) {
            self.base = base
            self.encoder = encoder
        }

        /// The ids of the next chunks that decide any.
        public mutating func next() async throws -> [Int32]? {
            guard var encoder else { return nil }
            var tokenIDs: [Int32] = []
            while let chunk = try await base.next() {
                encoder.append(chunk, into: &tokenIDs)
                if !tokenIDs.isEmpty {
                    self.encoder = encoder
                    return tokenIDs
                }
            }
            encoder.finish(into: &tokenIDs)
            self.encoder = nil
            return tokenIDs.isEmpty ? nil : tokenIDs
        }
    }

    /// Starts from the first chunk.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), encoder: StreamingEncoder(tokenizer))
    }
}

extension AsyncSequence where Element: Sequence<UInt8> {
    /// The token ids of the text these chunks make up.
    public func tokenIDs(_ tokenizer: Tokenizer) -> TokenIDSequence<Self> {
        TokenIDSequence(base: self, tokenizer: tokenizer)
    }
}
