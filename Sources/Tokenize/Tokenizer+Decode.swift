extension Tokenizer {
    /// The bytes that token ids stand for; `<bos>` and `<eos>` stand for nothing.
    ///
    /// At the whitespace level one space joins the words, `<unk>` included.
    /// - Throws: `TokenizeError.tokenIDOutOfRange` with the position of the first such id.
    public func decode(_ tokenIDs: some Sequence<Int32>) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * tokenIDs.underestimatedCount)
        for (position, tokenID) in tokenIDs.enumerated() {
            if !spec.level.isLossless, tokenID > eos, !bytes.isEmpty { bytes.append(0x20) }
            guard vocabulary.append(tokenID, to: &bytes) else {
                throw TokenizeError.tokenIDOutOfRange(
                    id: tokenID, position: position, vocabularySize: vocabularySize)
            }
        }
        return bytes
    }

    /// The text that token ids stand for, for display: each maximal ill-formed part of the bytes is
    /// shown as U+FFFD, which cannot be undone. `decode` gives the bytes themselves.
    /// - Throws: `TokenizeError.tokenIDOutOfRange` with the position of the first such id.
    public func decodeString(_ tokenIDs: some Sequence<Int32>) throws -> String {
        String(decoding: try decode(tokenIDs), as: UTF8.self)
    }
}
