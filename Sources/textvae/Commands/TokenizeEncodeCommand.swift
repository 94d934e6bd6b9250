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

              textvae tokenize encode --tokenizer t.json --max-len 512 --stride 64 a.txt

            Start and end marks are not among the ids. Each byte of a record counts:
            what decode gives back is the record, at every level but whitespace.

            With --max-len a record makes one row or more, each with up to so many ids;
            in tsv a row's number stands after the record's, and in jsonl the objects
            have "record" and "window" in place of "text". Both count from 1.
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

    @OptionGroup var windows: WindowOptions

    @Option(
        help: ArgumentHelp(
            "Words the vocabulary lacks: spell (default; not at the whitespace level), id (<unk>; default at the whitespace level alone) or error.",
            valueName: "policy"),
        completion: .words(of: UnknownPolicy.self), transform: keyword)
    var unk: UnknownPolicy?

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var progress: ProgressOptions
    @OptionGroup var quiet: QuietOptions

    func validate() throws {
        if offsets != nil, format != .jsonl, format != .tsv {
            throw ValidationError("--offsets needs --format jsonl or tsv.")
        }
    }

    func run() throws {
        quiet.apply()
        let tokenizer = try options.load()
        try checkUnknown(at: tokenizer.spec.level)
        let windows = try windows.windows()
        let stream = input.stream()
        stream.isEager = true
        let threads = try threads.count()
        // Windows and complaints are about whole records.
        let cutsRecords =
            (format == .ids || format == .bin) && windows == nil && unk != .error
            && tokenizer.cutsRecords
        try output.write { sink in
            var joiner = TokenBlock.Joiner(format)
            var meter = progress.meter()
            var byteCount: UInt64 = 0
            try OrderedWork.run(
                threads: threads,
                next: {
                    try stream.nextBlock(minimumSize: 1 << 20, cutsRecords: cutsRecords)
                },
                makeWorker: {
                    let writer = TokenBlockWriter(
                        tokenizer, format, offsets: offsets, special: special,
                        illFormed: input.invalid, windows: windows,
                        refusesUnknown: unk == .error)
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

    private func checkUnknown(at level: TokenLevel) throws {
        switch unk {
        case .spell where !level.isLossless:
            throw UserError.usage(
                "--unk spell: the whitespace level has nothing to spell with; want id or error")
        case .id where level.isLossless:
            throw UserError.usage(
                "--unk id: the \(level.rawValue) level has no <unk>; want spell or error")
        default: break
        }
    }
}
