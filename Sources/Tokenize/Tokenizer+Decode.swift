extension Tokenizer {
    /// The bytes that token ids stand for; `<bos>` and `<eos>` stand for nothing.
    ///
    /// At the whitespace level one space joins the words, `<unk>` included.
    /// - Throws: `TokenizeError.tokenIDOutOfRange` with the position of the first such id.
    public func decode(_ tokenIDs: some Sequence<Int32>) throws -> [UInt8] {
        // `decode` is generic, and this loop should not be.
        if let bytes = try tokenIDs.withContiguousStorageIfAvailable(vocabulary.decode) {
            return bytes
        }
        return try Array(tokenIDs).withUnsafeBufferPointer(vocabulary.decode)
    }

    /// The text that token ids stand for, for display.
    ///
    /// Each maximal ill-formed part of the bytes is shown as U+FFFD, which cannot be undone;
    /// `decode` gives the bytes themselves.
    /// - Throws: `TokenizeError.tokenIDOutOfRange` with the position of the first such id.
    public func decodeString(_ tokenIDs: some Sequence<Int32>) throws -> String {
        String(decoding: try decode(tokenIDs), as: UTF8.self)
    }
}
