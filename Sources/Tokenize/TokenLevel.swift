/// What one token is a piece of.
public enum TokenLevel: String, Codable, Sendable, CaseIterable {
    /// One token per byte; 256 of them and nothing to learn.
    case byte
    /// Extended grapheme clusters (UAX #29): what a reader calls a character.
    case character
    /// Words by UAX #29, each with the one space before it; unknown words fall back to characters.
    case word
    /// Runs between ASCII white space, a closed vocabulary with `<unk>`: for corpora tokenized
    /// beforehand, such as the Penn Treebank. The only level that does not keep the text exactly.
    case whitespace

    /// Whether every byte string comes back from its token ids.
    public var isLossless: Bool { self != .whitespace }
}

/// Which rules decide where a word ends.
public enum SegmentationProfile: String, Codable, Sendable, CaseIterable {
    /// Untailored UAX #29, the same on every ICU of one Unicode version; dictionaries cut Thai, Lao,
    /// Khmer, Burmese, Chinese and Japanese runs.
    case uax29
    /// The word iterator of the ICU library in use, tailored to the locale.
    case icu
}

/// The Unicode normalization applied before text is cut into tokens.
public enum NormalizationForm: String, Codable, Sendable, CaseIterable {
    /// Text is taken as it stands.
    case none
    /// Canonical decomposition, then canonical composition.
    case nfc
    /// Canonical decomposition.
    case nfd
    /// Compatibility decomposition, then canonical composition.
    case nfkc
    /// Compatibility decomposition.
    case nfkd
    /// NFKC, case folding and removal of default-ignorable characters (`toNFKC_Casefold`).
    case nfkcCasefold = "nfkc_casefold"
}
