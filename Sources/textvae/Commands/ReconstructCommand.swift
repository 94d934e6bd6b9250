import ArgumentParser
import Files
import TextCodec

struct ReconstructCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconstruct",
        abstract: "Encode and decode: what of each line survives the codes.",
        discussion: """
            EXAMPLES:
              textvae reconstruct --model model < held-out.txt
              textvae reconstruct --model model --side-by-side held-out.txt | less

            With --side-by-side a line that came back to the byte begins with =, another is shown twice: - as it was, \
            + as it came back. The count stands on standard error.
            """)

    @OptionGroup var options: ModelOptions
    @OptionGroup var input: TextInput
    @OptionGroup var output: OutputOptions
    @OptionGroup var search: SearchOptions

    @Flag(help: "Show the lines that changed beside what they were.")
    var sideBySide = false

    @Flag(help: "Cut records that are too long for the model instead of refusing them.")
    var truncate = false

    func run() throws {
        let codec = try options.load(decodingIn: search.decoding.precision)
        var reader = SequenceReader(codec, truncates: truncate)
        var (count, exact) = (0, 0)
        try output.write { sink in
            var writer = LineWriter(to: sink)
            try input.forEachWindow(of: options.windowSize) { records in
                let results = try codec.reconstruct(
                    sequences: reader.sequences(of: records), strategy: search.strategy,
                    seed: search.seed, firstRow: count
                ).map { try codec.tokenizer.decode($0) }
                for (record, result) in zip(records, results) {
                    let isExact = record.bytes == result
                    if isExact { exact += 1 }
                    try write(record.bytes, result, isExact: isExact, to: &writer)
                }
                try writer.flush()
                count += records.count
            }
            writer.tell()
        }
        reader.tell()
        let share = count > 0 ? " (\(Figures.percent(Double(exact) / Double(count))))" : ""
        StandardError.write(
            "\(Figures.grouped(exact)) of \(Figures.count(count, "line")) came back exactly\(share)"
        )
    }

    private func write(
        _ original: [UInt8], _ result: [UInt8], isExact: Bool, to writer: inout LineWriter
    ) throws {
        guard sideBySide else { return try writer.write(result) }
        if isExact {
            try writer.write(Array("= ".utf8) + result)
        } else {
            try writer.write(Array("- ".utf8) + original)
            try writer.write(Array("+ ".utf8) + result)
        }
    }
}
