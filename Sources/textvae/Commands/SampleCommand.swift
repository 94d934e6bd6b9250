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
              textvae sample --model model --prior uniform

            Codes come from the prior that textvae train-prior learned if there is one, else from that of training. \
            Sentence i depends on the seed and i alone: a longer sample begins with the shorter one.
            """)

    @OptionGroup var options: ModelOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var search: SearchOptions
    @OptionGroup var source: CodePriorOptions

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
        let codec = try options.load(decodingIn: search.decoding.precision)
        if codes, !codec.hasCodes { throw TextCodecError.noCodes }
        try output.write { sink in
            let codeWriter = try CodeWriter(.codes, latentCount: codec.latentCount, to: sink)
            var lineWriter = LineWriter(to: sink)
            for first in stride(from: 0, to: count, by: options.windowSize) {
                let rows = min(options.windowSize, count - first)
                if codes {
                    try codeWriter.write(
                        codec.sampleCodes(
                            count: rows, seed: search.seed, firstRow: first, prior: source.prior,
                            temperature: source.codeTemperature))
                    continue
                }
                let sequences = try codec.sampleSequences(
                    count: rows, seed: search.seed, firstRow: first, prior: source.prior,
                    temperature: source.codeTemperature, strategy: search.strategy)
                for sequence in sequences {
                    try lineWriter.write(codec.tokenizer.decode(sequence))
                }
                try lineWriter.flush()
            }
            lineWriter.tell()
        }
    }
}
