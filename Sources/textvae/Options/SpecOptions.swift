import ArgumentParser
import Files
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

/// Which rules find words.
struct ProfileOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Rules that find words: uax29, icu for those of a locale, or a file of rules.",
            valueName: "rules"),
        completion: .file())
    var profile = SegmentationProfile.uax29.rawValue

    /// Longest file of rules taken.
    private static let mostBytes = 1 << 24

    /// The profile, and the text of the rules if a file of them was named.
    /// - Throws: `UserError` naming the file, with the line and column of a mistake.
    func read() throws -> (profile: SegmentationProfile, rules: String?) {
        if let profile = SegmentationProfile(rawValue: profile) { return (profile, nil) }
        let bytes: [UInt8]
        do { bytes = try DurableFile.read(profile, maximumByteCount: Self.mostBytes) } catch {
            throw UserError.noInput(
                "--profile: want uax29, icu or a file of boundary rules; \(error)")
        }
        guard let rules = String(validating: bytes, as: UTF8.self) else {
            throw UserError.data("\(profile): the rules are not UTF-8")
        }
        do { _ = try Segmenter(rules: rules) } catch {
            throw UserError.data("\(profile): \(error)")
        }
        return (.uax29, rules)
    }
}

/// What a token is.
struct SpecOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What a token is: byte, character, word or whitespace. (default: word)",
            valueName: "level"),
        completion: .words(of: TokenLevel.self), transform: keyword)
    var level = TokenLevel.word

    @OptionGroup var words: ProfileOptions
    @OptionGroup var text: FormOptions

    /// The tokenizer's specification.
    func spec() throws -> TokenizerSpec {
        let (profile, rules) = try words.read()
        return TokenizerSpec(
            level: level, profile: profile, normalization: text.form, caseFolding: text.fold,
            locale: text.locale, rules: rules)
    }
}
