import ArgumentParser
import Files
import Tokenize

struct TokenizeDecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Turn token ids into text: a record for each line of ids.",
        discussion: """
            EXAMPLES:
              textvae tokenize decode --tokenizer tokenizer.json < ids.txt
              echo "17 4 301" | textvae tokenize decode --tokenizer model/tokenizer.json
              textvae tokenize decode --tokenizer t.json --format bin --record whole ids
            """)

    /// How ids are written.
    enum InputFormat: String, CaseIterable { case ids, jsonl, bin }

    @OptionGroup var options: TokenizerOptions

    @Argument(
        help: ArgumentHelp("Files to read; none or - is standard input.", valueName: "file"),
        completion: .file())
    var files: [String] = []

    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "How ids are written: ids, jsonl ({\"ids\": […]} a line) or bin. (default: ids)",
            valueName: "format"),
        completion: .words(of: InputFormat.self), transform: keyword)
    var format = InputFormat.ids

    @Option(
        help: ArgumentHelp(
            "How texts are written: line, null (a zero byte after each), whole (nothing between) or jsonl. (default: line)",
            valueName: "framing"),
        completion: .list(["line", "null", "whole", "jsonl"]), transform: framing)
    var record = RecordFraming.line

    @Option(
        help: ArgumentHelp(
            "deny, or allow: write <bos> and <eos> where their ids stand. (default: deny)",
            valueName: "policy"),
        completion: .words(of: SpecialPolicy.self), transform: keyword)
    var special = SpecialPolicy.deny

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var progress: ProgressOptions
    @OptionGroup var quiet: QuietOptions

    func run() throws {
        quiet.apply()
        let tokenizer = try options.load()
        let stream = RecordStream.opened(files)
        stream.isEager = true
        let threads = try threads.count()
        try output.write { sink in
            var joiner = DecodedBlock.Joiner(tokenizer)
            var meter = progress.meter()
            var byteCount: UInt64 = 0
            func emit(_ block: DecodedBlock) throws {
                try joiner.write(block, to: sink)
                byteCount += UInt64(block.sourceByteCount)
                meter.tell(byteCount)
            }
            if format == .bin {
                let writer = DecodedBlockWriter(tokenizer, record, special)
                var reader = BinaryIDs(stream)
                while let piece = try reader.next() {
                    try emit(try writer.write(piece))
                }
            } else {
                try OrderedWork.run(
                    threads: threads,
                    next: {
                        // JSON in and out is a record at a time.
                        var cuts = format == .ids
                        if case .jsonLines = record { cuts = false }
                        return try stream.nextBlock(minimumSize: 1 << 20, cutsRecords: cuts)
                    },
                    makeWorker: {
                        let writer = DecodedBlockWriter(tokenizer, record, special)
                        return { [format] in try writer.write($0, format) }
                    },
                    emit: {
                        try emit($0)
                        try sink.flush()
                    })
            }
            meter.finish()
            joiner.tell()
        }
    }
}
