/// How token ids are written down.
enum TokenFormat: String, CaseIterable {
    /// Ids with spaces between, a record a line.
    case ids
    /// The tokens themselves with TABs between, a record a line; see `TokenEscape`.
    case text
    /// An object a record.
    case jsonl
    /// A token a line: record, id, offsets if asked for, and the token.
    case tsv
    /// 32-bit little-endian integers, −1 after each record.
    case bin
}

/// What becomes of words, or characters, that the vocabulary lacks.
enum UnknownPolicy: String, CaseIterable {
    /// They are spelled in characters and bytes, which come back.
    case spell
    /// Each is `<unk>`, which does not.
    case id
    /// They are refused, with their place.
    case error
}

/// Whether spelled special tokens are special.
enum SpecialPolicy: String, CaseIterable {
    /// Text stays text, whatever it looks like.
    case deny
    /// `<bos>` and `<eos>` in text are the special tokens.
    case allow
}
