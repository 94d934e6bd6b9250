/// Text ⇄ token ids: a specification and a vocabulary, immutable and shared by all threads.
///
/// Ids are, in this order: `<bos>` 0, `<eos>` 1, then the 256 single bytes, then the vocabulary's
/// own entries; at the whitespace level `<unk>` 2 stands in place of the bytes. At every other
/// level each byte string x has token ids and
///
///     decode(encode(x)) == normalized(x)
///
/// holds bit for bit, ill-formed UTF-8 and text that looks like a special token included. A token
/// is known by its bytes alone, so a vocabulary entry of one byte would be a byte token's double:
/// the byte token is that entry.
public final class Tokenizer: Sendable {
    /// What decides how text is cut.
    public let spec: TokenizerSpec
    /// The versions the vocabulary was built with.
    let provenance: Provenance
    let vocabulary: Vocabulary
    let rules: SplittingRules
    let normalization: Normalization
    let index: TokenIndex

    /// Whether a block of text may end inside a record without an effect on its token ids.
    ///
    /// True of all built-in rules; rules of the caller's own see whole records.
    public var cutsRecords: Bool { rules.cuts == .sure }
    /// Number of token ids: they are 0 ..< `vocabularySize`.
    public var vocabularySize: Int { vocabulary.size }
    /// The id that begins a sequence.
    public var bos: Int32 { Vocabulary.bos }
    /// The id that ends a sequence.
    public var eos: Int32 { Vocabulary.eos }
    /// The id of words outside the vocabulary, at the whitespace level only.
    public var unknown: Int32? { vocabulary.unknown }

    /// Builds a tokenizer from the vocabulary's own entries, in the order of their ids.
    ///
    /// With none it is a tokenizer of bytes (or, at the whitespace level, of `<unk>` alone).
    /// Entries are compared with normalized text.
    /// - Parameter counts: how often each was seen; zeros if left out.
    /// - Throws: `TokenizeError` on an entry that is empty, doubled, a single byte, or, at the
    ///   whitespace level, `<unk>` or with white space in it.
    public convenience init(
        spec: TokenizerSpec, tokens: [[UInt8]] = [], counts: [UInt64]? = nil
    ) throws {
        var vocabulary = Vocabulary(level: spec.level, minimumCapacity: tokens.count)
        let counts = counts ?? Array(repeating: 0, count: tokens.count)
        guard counts.count == tokens.count else {
            throw TokenizeError.invalidVocabulary(
                entry: min(counts.count, tokens.count),
                reason: "got \(counts.count) counts for \(tokens.count) tokens, want as many")
        }
        for (entry, (token, count)) in zip(tokens, counts).enumerated() {
            if let reason = token.withUnsafeBufferPointer({ vocabulary.add($0, count: count) }) {
                throw TokenizeError.invalidVocabulary(entry: entry, reason: reason)
            }
        }
        try self.init(spec: spec, vocabulary: vocabulary, provenance: nil)
    }

    init(spec: TokenizerSpec, vocabulary: Vocabulary, provenance: Provenance?) throws {
        try spec.validate()
        self.spec = spec
        self.vocabulary = vocabulary
        index = TokenIndex(vocabulary)
        rules = try SplittingRules(spec)
        self.provenance = provenance ?? .current(rules)
        normalization = try Normalization(spec)
    }

    /// What is different about the ICU in use, if anything.
    ///
    /// Boundaries and so token ids of new text may then differ from those the vocabulary was
    /// learned with; the round trip holds all the same.
    public var versionWarning: String? {
        let current = Provenance.current(rules)
        if provenance == current { return nil }
        return "tokenizer built with ICU \(provenance.icuVersion) (Unicode "
            + "\(provenance.unicodeVersion), rules \(provenance.rulesDigest)), running on ICU "
            + "\(current.icuVersion) (Unicode \(current.unicodeVersion), rules "
            + "\(current.rulesDigest)): some text may be cut differently, though all of it still comes "
            + "back; for the token ids it was made for use that ICU, or train it again on this one"
    }

    /// The bytes a token stands for: none for `<bos>` and `<eos>`, nil for an id out of range.
    public func bytes(of tokenID: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        return vocabulary.append(tokenID, to: &bytes) ? bytes : nil
    }

    /// The id of the token with exactly these bytes; special tokens have none, except `<unk>`.
    public func tokenID(of bytes: some Sequence<UInt8>) -> Int32? {
        Array(bytes).withUnsafeBufferPointer { vocabulary.tokenID(of: $0) }
    }
}
