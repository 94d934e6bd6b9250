import ArgumentParser
import DVAE
import TextCodec

struct EncodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Turn text into codes: D integers for each line.",
        discussion: """
            EXAMPLES:
              echo "two dogs run ." | textvae encode --model model
              textvae encode --model model corpus.txt --format npy --output codes.npy
              textvae encode --model m --input-format jsonl --format jsonl < a.jsonl

            One record out for each record in, in the same order; the codes of a record depend on nothing but the \
            record. Memory does not grow with the input.
            """)

    @OptionGroup var options: ModelOptions
    @OptionGroup var input: TextInput
    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "codes (D integers a line), jsonl ({\"codes\": […]} a line, id passed through) or npy (Int32 [N, D]). (default: codes)",
            valueName: "format"),
        completion: .words(of: CodeFormat.self), transform: keyword)
    var format = CodeFormat.codes

    @Flag(help: "Cut records that are too long for the model instead of refusing them.")
    var truncate = false

    func run() throws {
        let codec = try options.load()
        var reader = SequenceReader(codec, truncates: truncate)
        try output.write(isSeekable: format == .npy) { sink in
            let writer = try CodeWriter(format, latentCount: codec.latentCount, to: sink)
            try input.forEachWindow(of: options.windowSize) { records in
                let codes = try codec.encode(sequences: reader.sequences(of: records))
                try writer.write(codes, ids: records.map(\.id))
            }
            try writer.finish()
        }
        reader.tell()
    }
}
