import ArgumentParser
import Training

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Judge a model: loss, exact matches, use of the codes.",
        discussion: """
            EXAMPLES:
              textvae evaluate --model model test.txt
              textvae evaluate --model model test.txt --json | jq .verdict
              textvae evaluate --model model --no-decode < large.txt
              textvae evaluate --model model test.txt --importance-samples 100
              textvae evaluate --model model test.txt --information --edits

            Likelihoods are in nats. Perplexity is per white-space word, end marks included, by the best bound asked \
            for: the ELBO, the importance-weighted bound, or the exact value. The shuffle gap is what a token costs more with another sentence's codes than with \
            the own ones: near 0, the decoder ignores the codes. Empty lines and lines too long for the model are left \
            out and counted.
            """)

    @OptionGroup var options: ModelOptions
    @OptionGroup var input: TextInput
    @OptionGroup var decoding: PrecisionOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(inversion: .prefixedNo, help: "Decode freely too, for exact matches and BLEU: slower.")
    var decode = true

    @Option(
        help: ArgumentHelp(
            "Also the importance-weighted bound, of so many decodes a line.", valueName: "count"))
    var importanceSamples = 0

    @Flag(help: "Also log p(x) by summing over all codes; for grids of at most 4096.")
    var exact = false

    @Flag(help: "Also the information of whole codes, over the first 4096 lines.")
    var information = false

    @Flag(help: "Also how many codes stay when case, final mark and spaces change.")
    var edits = false

    @Option(help: "Of the draws from the posterior.")
    var seed: UInt64 = 1

    /// Lines that are edited and encoded again.
    private static let editedLines = 2000

    func validate() throws {
        guard 0...100_000 ~= importanceSamples else {
            throw ValidationError(
                "--importance-samples: got \(importanceSamples), want 0 … 100000.")
        }
    }

    func run() throws {
        let codec = try options.load()
        let limit = codec.model.config.maximumLength
        var wanted = EvaluationOptions(decodes: decode)
        wanted.precision = decoding.precision
        wanted.importanceSamples = importanceSamples
        wanted.isExact = exact
        wanted.jointInformationSentences = information ? 4096 : 0
        let evaluator = try Evaluator(
            codec.model, tokenizer: codec.tokenizer, options: wanted, seed: seed)
        var edited: [String] = []
        var (used, empty, tooLong) = (0, 0, 0)
        try input.forEachWindow(of: options.windowSize) { records in
            let all = records.filter { !$0.bytes.isEmpty }.map { codec.tokenIDs(of: $0.bytes) }
            // Like lengths share a batch; equal ones keep their order, so the figures are the same every time.
            let sequences = all.filter { $0.count <= limit }.enumerated()
                .sorted { ($0.element.count, $0.offset) < ($1.element.count, $1.offset) }
                .map(\.element)
            used += sequences.count
            if edits {
                edited += records.prefix(max(0, Self.editedLines - edited.count)).map {
                    String(decoding: $0.bytes, as: UTF8.self)
                }
            }
            empty += records.count - all.count
            tooLong += all.count - sequences.count
            for first in stride(from: 0, to: sequences.count, by: options.batchSize) {
                let end = min(sequences.count, first + options.batchSize)
                try evaluator.add(Array(sequences[first..<end]))
            }
        }
        guard used > 0 else {
            throw UserError.data(
                "nothing to evaluate: no line of the input has 1 … \(limit) tokens")
        }
        if empty > 0 { StandardError.note("left out \(Figures.count(empty, "empty line"))") }
        if tooLong > 0 {
            StandardError.note(
                "left out \(Figures.count(tooLong, "line")) of more than \(limit) tokens")
        }
        var report = evaluator.finish()
        if edits { report.codeAgreement = try CodeAgreement.measure(edited, with: codec) }
        try OutputOptions.print { sink in
            try sink.write(json ? report.json() + "\n" : report.table.text)
            if !json { for line in report.advice { try sink.writeLine(line) } }
        }
    }
}
