/// What the pieces between two boundaries are.
public enum SegmentLevel: String, Codable, Sendable, CaseIterable {
    /// Single bytes.
    case byte
    /// Unicode scalar values; each maximal subpart of ill-formed UTF-8 is one.
    case scalar
    /// Extended grapheme clusters: what a reader calls a character.
    case grapheme
    /// Words, and what stands between them.
    case word
    /// Sentences, with the white space behind them.
    case sentence
    /// What a line may be broken after.
    case line
}
