import ArgumentParser
import Tokenize

/// How text is normalized.
struct FormOptions: ParsableArguments {
    @Option(
        name: [.customLong("form"), .customLong("normalization")],
        help: ArgumentHelp(
            "Unicode normalization first: none, nfc, nfd, nfkc, nfkd or nfkc_casefold. (default: none)",
            valueName: "form"),
        completion: .words(of: NormalizationForm.self), transform: keyword)
    var form = NormalizationForm.none

    @Flag(help: "Fold case first.")
    var fold = false

    @Option(help: ArgumentHelp("ICU locale, such as sv or tr.", valueName: "name"))
    var locale: String?
}

/// What a token is.
struct SpecOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What a token is: byte, character, word or whitespace. (default: word)",
            valueName: "level"),
        completion: .words(of: TokenLevel.self), transform: keyword)
    var level = TokenLevel.word

    @Option(
        help: ArgumentHelp(
            "Rules that find words: uax29, or icu for those of a locale. (default: uax29)",
            valueName: "rules"),
        completion: .words(of: SegmentationProfile.self), transform: keyword)
    var profile = SegmentationProfile.uax29

    @OptionGroup var text: FormOptions

    /// The tokenizer's specification.
    var spec: TokenizerSpec {
        TokenizerSpec(
            level: level, profile: profile, normalization: text.form, caseFolding: text.fold,
            locale: text.locale)
    }
}
