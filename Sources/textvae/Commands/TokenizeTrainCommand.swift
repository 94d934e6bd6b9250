import ArgumentParser
import Tokenize
import Training

struct TokenizeTrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Learn the vocabulary of a corpus.",
        discussion: """
            EXAMPLES:
              textvae tokenize train corpus.txt --output tokenizer.json
              textvae tokenize train *.txt --level character -o tokenizer.json
              textvae tokenize train a.txt --fold --minimum-frequency 5 -o t.json

            Lines are records. At every level but whitespace each byte string comes back from its token ids.
            """)

    @OptionGroup var input: InputFiles

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The tokenizer file to write.", valueName: "file"), completion: .file())
    var output: String

    @Option(
        help: "What a token is: byte, character, word or whitespace. (default: word)",
        completion: .words(of: TokenLevel.self), transform: keyword)
    var level = TokenLevel.word

    @Option(
        help: "Rules that find words: uax29, or icu for those of a locale. (default: uax29)",
        completion: .words(of: SegmentationProfile.self), transform: keyword)
    var profile = SegmentationProfile.uax29

    @Option(
        help:
            "Unicode normalization first: none, nfc, nfd, nfkc, nfkd or nfkc_casefold. (default: none)",
        completion: .words(of: NormalizationForm.self), transform: keyword)
    var normalization = NormalizationForm.none

    @Flag(help: "Fold case first.")
    var fold = false

    @Option(help: "ICU locale, such as sv or tr.")
    var locale: String?

    @Option(
        help: ArgumentHelp(
            "Types seen less often get no entry (default: 2 for words, 1 otherwise).",
            valueName: "count"))
    var minimumFrequency: UInt64?

    @Option(help: ArgumentHelp("Most token ids.", valueName: "count"))
    var maximumSize = 32_768

    func run() throws {
        var trainer = try VocabularyTrainer(
            TokenizerSpec(
                level: level, profile: profile, normalization: normalization, caseFolding: fold,
                locale: locale),
            minimumFrequency: minimumFrequency, maximumSize: maximumSize)
        let reader = try RecordReader(paths: input.paths)
        let report = try reader.forEachRecord { bytes, _ in trainer.add(bytes) }
        guard trainer.report.occurrences > 0 else {
            throw UserError.data(
                "nothing to learn from: \(Figures.count(report.lines, "line")), no token in them")
        }
        let tokenizer = try trainer.finish()
        try tokenizer.write(to: output)
        for line in report.descriptionLines { StandardError.write(line) }
        if trainer.report.typesPruned > 0 {
            StandardError.note(
                "\(Figures.grouped(Int(clamping: trainer.report.typesPruned))) rare types were dropped to bound memory; "
                    + "counts may be too low by "
                    + "\(Figures.grouped(Int(clamping: trainer.report.countErrorBound)))")
        }
        StandardError.write(
            "wrote \(output): \(Figures.count(tokenizer.vocabularySize, "token")) at the \(level.rawValue) level"
        )
    }
}
