/// The JSON form of a tokenizer: one object, one line per vocabulary entry.
///
///     {
///       "format": "textvae tokenizer",
///       "format_version": 1,
///       "spec": {"level": "word", "profile": "uax29", "normalization": "none",
///                "case_folding": false, "locale": null, "rules": "$word = …"},
///       "icu_version": "72.1", "unicode_version": "15.0", "rules_digest": "…16 digits",
///       "vocabulary_size": 1234,
///       "tokens": [["\n", 5], [" the", 4], [{"bytes": "ff00"}, 1]],
///       "digest": "…16 digits"
///     }
///
/// An entry is its text, or its bytes in hexadecimal where they are no UTF-8, and its count. Special
/// and byte tokens follow from the level. `rules` stands there only if there are some. The digest is the FNV-1a 64 of specification and entries:
/// a vocabulary changed by one bit would silently change what a model says.
enum TokenizerFile {
    static let format = "textvae tokenizer"
    static let version: UInt64 = 1

    enum Key: String, CaseIterable {
        case format, spec, tokens, digest
        case formatVersion = "format_version"
        case icuVersion = "icu_version"
        case unicodeVersion = "unicode_version"
        case rulesDigest = "rules_digest"
        case vocabularySize = "vocabulary_size"
    }

    /// The digest of what a file says, in hexadecimal.
    static func digest(_ spec: TokenizerSpec, _ vocabulary: Vocabulary) -> String {
        var hash = FNV1a()
        let settings = [
            spec.level.rawValue, spec.profile.rawValue, spec.normalization.rawValue,
            spec.caseFolding ? "true" : "false", spec.locale ?? "",
        ]
        for setting in settings {
            hash.update(setting.utf8)
            hash.update(UInt8(0xFF))  // in no UTF-8: keeps the settings apart
        }
        if let rules = spec.rules {
            hash.update(rules.utf8)
            hash.update(UInt8(0xFF))
        }
        for index in 0..<vocabulary.table.count {
            hash.update(UInt64(vocabulary.table.length(of: index)))
            vocabulary.table.withBytes(of: index) { hash.update($0) }
            hash.update(vocabulary.counts[index])
        }
        return FNV1a.text(hash.value)
    }
}
