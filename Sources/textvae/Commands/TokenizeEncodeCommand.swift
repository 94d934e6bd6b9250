import ArgumentParser
import Tokenize

struct TokenizeEncodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Turn text into token ids: a line of ids for each record.",
        discussion: """
            EXAMPLES:
              textvae tokenize encode --tokenizer tokenizer.json < text.txt
              textvae tokenize encode --tokenizer model/tokenizer.json text.txt -o ids
              textvae tokenize encode --tokenizer t.json --format jsonl --offsets utf16
              textvae tokenize encode --tokenizer t.json --record whole --format bin

            Start and end marks are not among the ids. Each byte of a record counts:
            what decode gives back is the record, at every level but whitespace.
            """)

    @OptionGroup var options: TokenizerOptions
    @OptionGroup var input: StreamInput
    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "ids, text (the tokens), jsonl, tsv, or bin (32-bit integers, -1 after each record). (default: ids)",
            valueName: "format"),
        completion: .words(of: TokenFormat.self), transform: keyword)
    var format = TokenFormat.ids

    @Option(
        help: ArgumentHelp(
            "Say in jsonl and tsv where tokens stand: utf8, utf16 or scalar.",
            valueName: "unit"),
        completion: .words(of: OffsetUnit.self), transform: keyword)
    var offsets: OffsetUnit?

    @Option(
        help: ArgumentHelp(
            "deny, or allow: <bos> and <eos> in text are the special tokens. (default: deny)",
            valueName: "policy"),
        completion: .words(of: SpecialPolicy.self), transform: keyword)
    var special = SpecialPolicy.deny

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var progress: ProgressOptions

    func validate() throws {
        if offsets != nil, format != .jsonl, format != .tsv {
            throw ValidationError("--offsets needs --format jsonl or tsv.")
        }
    }

    func run() throws {
        let tokenizer = try options.load()
        let stream = input.stream()
        stream.isEager = true
        let threads = try threads.count()
        try output.write { sink in
            var joiner = TokenBlock.Joiner(format)
            var meter = progress.meter()
            var byteCount: UInt64 = 0
            try OrderedWork.run(
                threads: threads,
                next: {
                    try stream.nextBlock(
                        minimumSize: 1 << 20, cutsRecords: format == .ids || format == .bin)
                },
                makeWorker: {
                    let writer = TokenBlockWriter(
                        tokenizer, format, offsets: offsets, special: special,
                        illFormed: input.invalid)
                    return { try writer.write($0) }
                },
                emit: { block in
                    try joiner.write(block, to: sink)
                    try sink.flush()
                    byteCount += UInt64(block.sourceByteCount)
                    meter.tell(byteCount)
                })
            meter.finish()
        }
    }
}
