import ArgumentParser
import Files
import Tokenize

struct TokenizeNormalizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "normalize",
        abstract: "Bring text into a Unicode normalization form, and fold its case.",
        discussion: """
            EXAMPLES:
              textvae tokenize normalize --form nfc < text.txt
              textvae tokenize normalize --form nfkc --fold --locale tr text.txt
              textvae tokenize normalize --invalid replace < text.txt

            Records end as they ended. Ill-formed bytes stay as they are unless
            --invalid says otherwise.
            """)

    @OptionGroup var input: StreamInput
    @OptionGroup var output: OutputOptions
    @OptionGroup var text: FormOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var progress: ProgressOptions
    @OptionGroup var quiet: QuietOptions

    func run() throws {
        quiet.apply()
        let tokenizer = try Tokenizer(
            spec: TokenizerSpec(
                level: .byte, normalization: text.form, caseFolding: text.fold,
                locale: text.locale))
        let stream = input.stream()
        stream.isEager = true
        let (framing, illFormed) = (input.record, input.invalid)
        let threads = try threads.count()
        try output.write { sink in
            var meter = progress.meter()
            var byteCount: UInt64 = 0
            try OrderedWork.run(
                threads: threads,
                next: { try stream.nextBlock(minimumSize: 1 << 20, cutsRecords: true) },
                makeWorker: {
                    { try Self.normalized($0, tokenizer, framing, illFormed) }
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

    private static func normalized(
        _ block: TextBlock, _ tokenizer: Tokenizer, _ framing: RecordFraming,
        _ illFormed: IllFormedPolicy
    ) throws -> ([UInt8], Int) {
        var bytes: [UInt8] = []
        try block.forEachPiece(illFormed: illFormed) { piece in
            let text = tokenizer.normalized(piece.bytes)
            if case .jsonLines(let field) = framing {
                let member = JSONMember(field, .string(String(decoding: text, as: UTF8.self)))
                bytes += try StrictJSON.bytes(of: .object([member]))
            } else {
                bytes += text
            }
            if piece.endsRecord, let separator = framing.separator { bytes.append(separator) }
        }
        return (bytes, block.bytes.count)
    }
}
