import ArgumentParser
import Files
import Tokenize

struct TokenizeSplitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split",
        abstract: "Cut text at its boundaries: words, sentences, characters, lines.",
        discussion: """
            EXAMPLES:
              textvae tokenize split < text.txt
              textvae tokenize split --level sentence --record whole book.txt
              textvae tokenize split --format tsv --offsets utf16 text.txt
              textvae tokenize split --profile my.rules --format jsonl text.txt

            Segments are all of the text, one after another. In text and tsv \\t \\n \\r
            \\\\ and \\x00 are escapes; a row of tsv is record, start, end, rule status
            and segment. Rule files are in the syntax of ICU's break iterators.
            """)

    @OptionGroup var input: StreamInput
    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "byte, scalar, grapheme, word, sentence or line. (default: word)", valueName: "level"),
        completion: .words(of: SegmentLevel.self), transform: keyword)
    var level = SegmentLevel.word

    @OptionGroup var words: ProfileOptions

    @Option(help: ArgumentHelp("ICU locale, such as sv.", valueName: "name"))
    var locale: String?

    @Option(
        help: ArgumentHelp(
            "text (TABs between, a record a line), jsonl or tsv. (default: text)",
            valueName: "format"),
        completion: .words(of: SplitFormat.self), transform: keyword)
    var format = SplitFormat.text

    @Option(
        help: ArgumentHelp(
            "What offsets count: utf8, utf16 or scalar. (default: utf8)", valueName: "unit"),
        completion: .words(of: OffsetUnit.self), transform: keyword)
    var offsets = OffsetUnit.utf8

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var progress: ProgressOptions
    @OptionGroup var quiet: QuietOptions

    func run() throws {
        quiet.apply()
        let segmenter = try makeSegmenter()
        let stream = input.stream()
        stream.isEager = true
        let threads = try threads.count()
        try output.write { sink in
            var meter = progress.meter()
            var byteCount: UInt64 = 0
            try OrderedWork.run(
                threads: threads,
                next: { try stream.nextBlock(minimumSize: 1 << 20, cutsRecords: false) },
                makeWorker: {
                    let writer = SegmentWriter(segmenter, format, offsets, input.invalid)
                    return { try writer.write($0) }
                },
                emit: { (bytes: [UInt8], sourceByteCount: Int) in
                    try sink.write(bytes)
                    try sink.flush()
                    byteCount += UInt64(sourceByteCount)
                    meter.tell(byteCount)
                })
            meter.finish()
        }
    }

    private func makeSegmenter() throws -> Segmenter {
        let (profile, rules) = try words.read()
        if let rules { return try Segmenter(rules: rules) }
        return try Segmenter(level, profile: profile, locale: locale)
    }
}

/// How segments are written down.
enum SplitFormat: String, CaseIterable { case text, jsonl, tsv }
