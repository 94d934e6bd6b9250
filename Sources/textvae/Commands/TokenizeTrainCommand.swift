import ArgumentParser
import Tokenize

struct TokenizeTrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Learn the vocabulary of a corpus.",
        discussion: """
            EXAMPLES:
              textvae tokenize train corpus.txt --output tokenizer.json
              textvae tokenize train *.txt --level character -o tokenizer.json
              textvae tokenize train a.txt --fold --minimum-frequency 5 -o t.json
              textvae tokenize train a.jsonl --record jsonl:body -o t.json
              textvae tokenize train a.txt --profile my.rules -o t.json

            At every level but whitespace each byte string comes back from its token
            ids. Files may be longer than memory; the vocabulary does not depend on
            --threads. A file of rules, in the syntax of ICU's break iterators, becomes a
            part of the tokenizer file.
            """)

    @OptionGroup var input: StreamInput

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The tokenizer file to write.", valueName: "file"), completion: .file())
    var output: String

    @OptionGroup var spec: SpecOptions

    @Option(
        help: ArgumentHelp(
            "Types seen less often get no entry (default: 2 for words, 1 otherwise).",
            valueName: "count"))
    var minimumFrequency: UInt64?

    @Option(help: ArgumentHelp("Most token ids.", valueName: "count"))
    var maximumSize = 32_768

    @Option(
        help: ArgumentHelp(
            "Share of all occurrences after which the rest of the types get no entry.",
            valueName: "share"))
    var coverage = 1.0

    @Option(
        name: [.customLong("max-types"), .customLong("maximum-types")],
        help: ArgumentHelp(
            "Types counted together before rare ones are dropped, which is told.",
            valueName: "count"))
    var maximumTypes = 1 << 20

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var progress: ProgressOptions
    @OptionGroup var quiet: QuietOptions

    func run() throws {
        quiet.apply()
        var trainer = try VocabularyTrainer(
            try spec.spec(), minimumFrequency: minimumFrequency, maximumSize: maximumSize,
            coverage: coverage, maximumTypes: maximumTypes)
        var meter = progress.meter()
        try trainer.add(
            input.stream(), illFormed: input.invalid, threads: try threads.count()
        ) { meter.tell($0) }
        meter.finish()
        let report = trainer.report
        guard report.occurrences > 0 else {
            throw UserError.data(
                "nothing to learn from: \(Figures.count(Int(clamping: report.records), "record")), "
                    + "no token in them")
        }
        let tokenizer = try trainer.finish()
        try tokenizer.write(to: output)
        tell(report)
        StandardError.tell(
            "wrote \(output): \(Figures.count(tokenizer.vocabularySize, "token")) at the "
                + "\(spec.level.rawValue) level")
    }

    private func tell(_ report: TrainingReport) {
        func grouped(_ value: UInt64) -> String { Figures.grouped(Int(clamping: value)) }
        StandardError.tell(
            "read \(grouped(report.records)) records, \(grouped(report.bytes)) bytes, "
                + "\(grouped(report.occurrences)) tokens")
        if report.illFormedBytes > 0, let first = report.firstIllFormed.first {
            StandardError.note(
                "\(grouped(report.illFormedBytes)) bytes are ill-formed UTF-8, the first in record "
                    + "\(grouped(first.record + 1)), byte \(grouped(first.byte)); they are kept")
        }
        if report.longOccurrences > 0 {
            StandardError.note(
                "\(grouped(report.longOccurrences)) tokens of more than 255 bytes got no entry")
        }
        if report.typesPruned > 0 {
            StandardError.note(
                "\(grouped(report.typesPruned)) rare types were dropped to bound memory; counts may be "
                    + "too low by \(grouped(report.countErrorBound)); see --max-types")
        }
    }
}
