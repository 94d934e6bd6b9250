import ArgumentParser
import TextCodec

struct InterpolateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interpolate",
        abstract: "Walk from one sentence to another through their codes.",
        discussion: """
            EXAMPLES:
              textvae interpolate --model model "The spy buys a kite." "A spy ran."
              textvae interpolate --model model --steps 16 "$A" "$B"

            The latents in which the sentences differ change one after another, from A's code to B's.
            """)

    @OptionGroup var options: ModelOptions
    @OptionGroup var search: SearchOptions

    @Argument(help: "The sentence to start from.")
    var a: String

    @Argument(help: "The sentence to arrive at.")
    var b: String

    @Option(help: "Sentences to print, both ends included.")
    var steps = 8

    func validate() throws {
        guard 2...100_000 ~= steps else {
            throw ValidationError("--steps: got \(steps), want 2 … 100000.")
        }
    }

    func run() throws {
        let codec = try options.load(decodingIn: search.decoding.precision)
        var reader = SequenceReader(codec, truncates: false)
        let records = [("A", a), ("B", b)].map { name, text in
            Record(
                bytes: Array(text.utf8), place: Place(source: "sentence \(name)", line: 1), id: nil)
        }
        let ends = try codec.encode(sequences: reader.sequences(of: records))
        let way = codec.interpolate(from: ends[0], to: ends[1], count: steps)
        try OutputOptions.print { sink in
            var writer = LineWriter(to: sink)
            let texts = try codec.decodeRecords(
                way, strategy: search.strategy, seed: search.seed)
            for text in texts { try writer.write(text) }
            writer.tell()
        }
    }
}
