import ArgumentParser
import TextCodec

struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Turn codes into text: one line for each row of D integers.",
        discussion: """
            EXAMPLES:
              textvae encode --model model < in.txt | textvae decode --model model
              textvae decode --model model --format npy codes.npy --output text.txt
              textvae decode --model model --temperature 0.8 --seed 7 < codes.txt

            Without search flags the likeliest token is taken at each step, and the text of a row depends on the row \
            alone. A drawn text depends on the row, its number and the seed.
            """)

    @OptionGroup var options: ModelOptions
    @OptionGroup var input: CodeInput
    @OptionGroup var output: OutputOptions
    @OptionGroup var search: SearchOptions

    @Option(
        help: ArgumentHelp(
            "lines, or jsonl: {\"text\": …} a line, with the id of jsonl input. (default: lines)",
            valueName: "format"),
        completion: .words(of: TextFormat.self), transform: keyword)
    var outputFormat = TextFormat.lines

    func run() throws {
        let codec = try options.load(decodingIn: search.decoding.precision)
        try output.write { sink in
            var writer = LineWriter(outputFormat, to: sink)
            var rowCount = 0
            try input.forEachWindow(of: options.windowSize, for: codec) { codes, ids in
                let records = try codec.decodeRecords(
                    codes, strategy: search.strategy, seed: search.seed, firstRow: rowCount)
                for (record, id) in zip(records, ids) { try writer.write(record, id: id) }
                try writer.flush()
                rowCount += records.count
            }
            writer.tell()
        }
    }
}
