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

            Likelihoods are in nats. The shuffle gap is what a token costs more with another sentence's codes than with \
            the own ones: near 0, the decoder ignores the codes. Empty lines and lines too long for the model are left \
            out and counted.
            """)

    @OptionGroup var options: ModelOptions
    @OptionGroup var input: TextInput

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(inversion: .prefixedNo, help: "Decode freely too, for exact matches and BLEU: slower.")
    var decode = true

    @Option(help: "Of the draws from the posterior.")
    var seed: UInt64 = 1

    func run() throws {
        let codec = try options.load()
        let limit = codec.model.config.maximumLength
        let evaluator = Evaluator(
            codec.model, tokenizer: codec.tokenizer, decodes: decode, seed: seed)
        var (used, empty, tooLong) = (0, 0, 0)
        try input.forEachWindow(of: options.windowSize) { records in
            let all = records.filter { !$0.bytes.isEmpty }.map { codec.tokenIDs(of: $0.bytes) }
            // Like lengths share a batch; equal ones keep their order, so the figures are the same every time.
            let sequences = all.filter { $0.count <= limit }.enumerated()
                .sorted { ($0.element.count, $0.offset) < ($1.element.count, $1.offset) }
                .map(\.element)
            used += sequences.count
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
        let report = evaluator.finish()
        try OutputOptions.print { sink in
            try sink.write(json ? report.json() + "\n" : report.table.text)
            if !json { for line in report.advice { try sink.writeLine(line) } }
        }
    }
}
