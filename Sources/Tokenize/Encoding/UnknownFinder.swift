/// Finds what a vocabulary has no entry for: one per thread.
///
/// At the word and character levels such pieces are spelled in smaller ones, at the whitespace level
/// they are `<unk>`; at the byte level there are none.
public final class UnknownFinder {
    private let spec: TokenizerSpec
    private let vocabulary: Vocabulary
    private let normalizer: Normalizer
    private let splitter: PieceSplitter

    /// Looks into the vocabulary of a tokenizer.
    public init(_ tokenizer: Tokenizer) {
        spec = tokenizer.spec
        vocabulary = tokenizer.vocabulary
        normalizer = tokenizer.makeNormalizer()
        splitter = PieceSplitter(tokenizer.spec.level, tokenizer.rules)
    }

    /// The bytes of a record that its first unknown piece comes from; nil if all are known.
    ///
    /// A word that is known without the space before it is known.
    public func first(in record: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        var unknown: Range<Int>?
        let text = normalizer.normalize(record)
        guard let base = text.baseAddress else { return nil }
        splitter.forEachPiece(in: text) { piece in
            guard unknown == nil, let start = piece.baseAddress, !isKnown(piece) else { return }
            unknown = start - base..<start - base + piece.count
        }
        guard let unknown else { return nil }
        var cursor = Alignment.Cursor(Alignment(record, spec, normalizer))
        return cursor.original(of: unknown)
    }

    private func isKnown(_ piece: ByteSlice) -> Bool {
        // A literal `<unk>` is what it says.
        if vocabulary.tokenID(of: piece) != nil { return true }
        guard spec.level == .word, piece.hasLeadingSpace else { return false }
        return vocabulary.tokenID(of: ByteSlice(rebasing: piece.dropFirst())) != nil
    }
}
