import ArgumentParser
import Files
import Tokenize

struct TokenizeVocabExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a vocabulary for another program.",
        discussion: """
            EXAMPLES:
              textvae tokenize vocab export --tokenizer t.json --format text > vocab.txt
              textvae tokenize vocab export --tokenizer t.json --format hf -o hf.json

            hf is Hugging Face's tokenizer.json with the same ids, for the levels
            whitespace and byte; text is the token of each id, a line each; tsv an entry,
            a TAB and its count. In text and tsv \\t \\n \\r \\\\ and \\x00 are escapes.
            """)

    @OptionGroup var options: TokenizerOptions
    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp("hf, text or tsv. (default: tsv)", valueName: "format"),
        completion: .words(of: TokenizeVocabCommand.Format.self), transform: keyword)
    var format = TokenizeVocabCommand.Format.tsv

    @OptionGroup var quiet: QuietOptions

    func run() throws {
        quiet.apply()
        let tokenizer = try options.load()
        let bytes =
            switch format {
            case .hf: try tokenizer.huggingFaceJSON()
            case .text: tokenizer.vocabularyLines()
            case .tsv: tokenizer.vocabularyTable()
            }
        try output.write { try $0.write(bytes) }
    }
}

struct TokenizeVocabImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a tokenizer of another program's vocabulary.",
        discussion: """
            EXAMPLES:
              textvae tokenize vocab import --format hf tokenizer.json -o t.json
              textvae tokenize vocab import --format text --level word vocab.txt -o t.json

            hf says itself what its level and normalization are; text and tsv need
            the flags. What is taken over otherwise than it was is told.
            """)

    @Argument(help: ArgumentHelp("The file to read.", valueName: "file"), completion: .file())
    var file: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The tokenizer file to write.", valueName: "file"), completion: .file())
    var output: String

    @Option(
        help: ArgumentHelp("hf, text or tsv. (default: tsv)", valueName: "format"),
        completion: .words(of: TokenizeVocabCommand.Format.self), transform: keyword)
    var format = TokenizeVocabCommand.Format.tsv

    @OptionGroup var spec: SpecOptions

    @OptionGroup var quiet: QuietOptions

    func run() throws {
        quiet.apply()
        let bytes = try DurableFile.read(file, maximumByteCount: 1 << 31)
        let tokenizer: Tokenizer
        switch format {
        case .hf:
            let foreign = try Tokenizer.readHuggingFace(bytes, path: file)
            for remark in foreign.remarks { StandardError.note("\(file): \(remark)") }
            tokenizer = foreign.tokenizer
        case .text:
            tokenizer = try Tokenizer(vocabularyLines: bytes, spec: try spec.spec(), path: file)
        case .tsv:
            tokenizer = try Tokenizer(vocabularyTable: bytes, spec: try spec.spec(), path: file)
        }
        try tokenizer.write(to: output)
        StandardError.tell(
            "wrote \(output): \(Figures.count(tokenizer.vocabularySize, "token")) at the "
                + "\(tokenizer.spec.level.rawValue) level")
    }
}
