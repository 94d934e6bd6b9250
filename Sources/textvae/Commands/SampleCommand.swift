import ArgumentParser
import TextCodec

struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Draw codes from the prior and decode them: new sentences.",
        discussion: """
            EXAMPLES:
              textvae sample --model model --count 10
              textvae sample --model model --count 1000 --seed 7 | textvae scenes parse
              textvae sample --model model --count 10 --codes

            Sentence i depends on the seed and i alone: a longer sample begins with the shorter one.
            """)

    @OptionGroup var options: ModelOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var search: SearchOptions

    @Option(name: .shortAndLong, help: "Sentences to draw.")
    var count = 10

    @Flag(help: "Print the codes instead of the sentences.")
    var codes = false

    func validate() throws {
        guard 0...1_000_000_000_000 ~= count else {
            throw ValidationError("--count: got \(count), want 0 … 10^12.")
        }
    }

    func run() throws {
        let codec = try options.load()
        try output.write { sink in
            let codeWriter = try CodeWriter(.codes, latentCount: codec.latentCount, to: sink)
            var lineWriter = LineWriter(to: sink)
            for first in stride(from: 0, to: count, by: options.windowSize) {
                let drawn = codec.sampleCodes(
                    count: min(options.windowSize, count - first), seed: search.seed,
                    firstRow: first)
                if codes {
                    try codeWriter.write(drawn)
                    continue
                }
                let records = try codec.decodeRecords(
                    drawn, strategy: search.strategy, seed: search.seed, firstRow: first)
                for record in records { try lineWriter.write(record) }
                try lineWriter.flush()
            }
            lineWriter.tell()
        }
    }
}
