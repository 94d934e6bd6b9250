import ArgumentParser
import Files
import Tokenize

struct TokenizeVocabMergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Put the entries of several vocabularies into one.",
        discussion: """
            EXAMPLES:
              textvae tokenize vocab merge one.json two.json -o both.json
              textvae tokenize vocab merge *.json --size 32768 -o all.json

            Counts of an entry are added. Entries are ordered by count and get ids anew,
            so the order of the files does not matter. All files must agree in level,
            rules, normalization, folding and locale. Special and byte tokens are the
            same in all of them: there can be no conflict.
            """)

    @Argument(
        help: ArgumentHelp("The tokenizer files, two or more.", valueName: "file"),
        completion: .file())
    var files: [String]

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The tokenizer file to write.", valueName: "file"), completion: .file())
    var output: String

    @Option(help: ArgumentHelp("Most token ids.", valueName: "count"))
    var size = Int(Int32.max)

    @Option(
        help: ArgumentHelp(
            "Entries counted less often, in all files together, go.", valueName: "count"))
    var minimumFrequency: UInt64 = 0

    @OptionGroup var quiet: QuietOptions

    func validate() throws {
        if files.count < 2 {
            throw ValidationError("got \(Figures.count(files.count, "file")), want two or more.")
        }
    }

    func run() throws {
        quiet.apply()
        let tokenizers = try files.map { try TokenizerOptions.load($0) }
        let merged: Tokenizer
        do {
            merged = try Tokenizer(
                merging: tokenizers, minimumFrequency: minimumFrequency, maximumSize: size)
        } catch TokenizeError.invalidSpec(let key, let reason) {
            throw UserError.data("\(files.joined(separator: ", ")): \(key): \(reason)")
        }
        try merged.write(to: output)
        StandardError.tell(
            "wrote \(output): \(Figures.count(merged.vocabularySize, "token")) of "
                + tokenizers.map { Figures.grouped($0.vocabularySize) }.joined(separator: " and "))
    }
}
