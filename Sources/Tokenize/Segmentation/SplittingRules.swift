/// The boundary rules a level needs, shared by all its workers.
struct SplittingRules: Sendable {
    let words: BoundaryRules?
    let characters: BoundaryRules?
    /// Where a text may be cut and each part be tokenized by itself.
    let cuts: TextCut

    init(_ spec: TokenizerSpec) throws {
        if spec.level == .word {
            words =
                try spec.rules.map { try BoundaryRules(text: $0) }
                ?? .words(spec.profile, locale: spec.locale)
        } else {
            words = nil
        }
        characters =
            spec.level == .word || spec.level == .character ? try .characters() : nil
        cuts =
            if spec.rules == nil {
                .sure
            } else {
                words?.endsAtLineFeed == true ? .lineFeeds : .never
            }
    }
}

/// The versions that decide where boundaries stand.
struct Provenance: Hashable, Sendable {
    var icuVersion: String
    var unicodeVersion: String
    /// FNV-1a 64 of the rules of the level, in hexadecimal.
    var rulesDigest: String

    static func current(_ rules: SplittingRules) -> Provenance {
        Provenance(
            icuVersion: ICU.version, unicodeVersion: ICU.unicodeVersion,
            rulesDigest: FNV1a.text((rules.words ?? rules.characters)?.digest ?? 0))
    }
}
