import ArgumentParser
import Files
import Tokenize

struct TokenizeStatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Tell what a corpus is made of.",
        discussion: """
            EXAMPLES:
              textvae tokenize stats corpus.txt
              textvae tokenize stats --level character --form nfc corpus.txt
              textvae tokenize stats --json corpus.txt

            Types are distinct tokens, hapaxes those that came once. The coverage
            curve says how many of the most frequent types make up a share of all
            tokens, the out-of-vocabulary rate what a vocabulary of a size leaves out.
            """)

    @OptionGroup var input: StreamInput
    @OptionGroup var spec: SpecOptions

    @Option(
        name: [.customLong("max-types"), .customLong("maximum-types")],
        help: ArgumentHelp(
            "Types counted together before rare ones are dropped, which is told.",
            valueName: "count"))
    var maximumTypes = 1 << 20

    @Flag(help: "Write one JSON object.")
    var json = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var progress: ProgressOptions
    @OptionGroup var quiet: QuietOptions

    func run() throws {
        quiet.apply()
        var statistics = try CorpusStatistics(try spec.spec(), maximumTypes: maximumTypes)
        var meter = progress.meter()
        try statistics.add(
            input.stream(), illFormed: input.invalid, threads: try threads.count()
        ) { meter.tell($0) }
        meter.finish()
        let figures = CorpusFigures(statistics)
        try output.write { sink in
            if json {
                try sink.write(try StrictJSON.bytes(of: figures.json, indented: true))
            } else {
                try sink.write(figures.table)
            }
        }
        if statistics.report.typesPruned > 0 {
            StandardError.note(
                "\(Figures.grouped(Int(clamping: statistics.report.typesPruned))) rare types were dropped to "
                    + "bound memory: figures about types are too low; see --max-types")
        }
    }
}
