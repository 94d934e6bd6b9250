import ArgumentParser
import TextCodec
import Training

struct EvaluateSamplesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate-samples",
        abstract: "Judge drawn sentences against real ones: fluency, cover, diversity.",
        discussion: """
            EXAMPLES:
              textvae evaluate-samples --model model --training train.txt test.txt
              textvae evaluate-samples --samples a.txt --training train.txt test.txt
              textvae evaluate-samples --model model --count 10000 --seed 7 \\
                --training train.txt test.txt --json

            A word n-gram model (interpolated Kneser-Ney) of the training text gives the forward perplexity of the \
            samples; one of the samples gives the reverse perplexity of the held-out text, which is high when \
            samples are odd or all alike. Samples come from the model's prior, or from a file, whatever wrote it.
            """)

    @Option(
        help: ArgumentHelp("Folder of a model to draw from.", valueName: "dir"),
        completion: .directory)
    var model: String?

    @Option(
        help: ArgumentHelp("Samples to judge instead, one a line.", valueName: "file"),
        completion: .file())
    var samples: String?

    @Option(
        help: ArgumentHelp("The text trained on; repeatable.", valueName: "file"),
        completion: .file())
    var training: [String]

    @OptionGroup var heldOut: InputFiles

    @Option(name: .shortAndLong, help: "Sentences to draw.")
    var count = 1000

    @OptionGroup var search: SearchOptions
    @OptionGroup var source: CodePriorOptions

    @Option(help: ArgumentHelp("The longest n-gram: 3, 4 or 5.", valueName: "n"))
    var order = 4

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var threading: ThreadOptions

    func validate() throws {
        guard (model == nil) != (samples == nil) else {
            throw ValidationError("want either --model or --samples.")
        }
        guard 3...5 ~= order else { throw ValidationError("--order: got \(order), want 3 … 5.") }
        guard 1...10_000_000 ~= count else {
            throw ValidationError("--count: got \(count), want 1 … 10000000.")
        }
    }

    func run() throws {
        let known = try Self.lines(of: InputFiles(paths: training))
        let unseen = try Self.lines(of: heldOut)
        let drawn = try samples.map { try Self.lines(of: InputFiles(paths: [$0])) } ?? draw()
        guard !known.isEmpty, !unseen.isEmpty, !drawn.isEmpty else {
            throw UserError.data(
                "nothing to judge: \(Figures.count(drawn.count, "sample")), "
                    + "\(Figures.count(known.count, "training line")), "
                    + "\(Figures.count(unseen.count, "held-out line"))")
        }
        let report = SampleReport(samples: drawn, training: known, heldOut: unseen, order: order)
        try OutputOptions.print { try $0.write(json ? report.json() + "\n" : report.table.text) }
    }

    private func draw() throws -> [[UInt8]] {
        try threading.apply()
        let codec = try Codec(directory: model ?? "")
        codec.precision = search.decoding.precision
        return try codec.sampleSequences(
            count: count, seed: search.seed, prior: source.prior,
            temperature: source.codeTemperature,
            strategy: search.strategy
        ).map { try codec.tokenizer.decode($0) }
    }

    /// The lines of files, empty ones left out.
    private static func lines(of input: InputFiles) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        try input.forEachLine { bytes, _ in if !bytes.isEmpty { lines.append(Array(bytes)) } }
        return lines
    }
}

extension SampleReport {
    /// The figures for people.
    var table: Table {
        func perplexity(_ value: Double?) -> String { value.map { Figures.fixed($0, 2) } ?? "–" }
        var table = Table()
        table.rightAligned = [1]
        table.add("samples", Figures.grouped(samples), Figures.count(sampleWords, "word"))
        table.add(
            "forward perplexity", perplexity(forwardPerplexity),
            "of samples, by a \(order)-gram model of the training text")
        table.add(
            "reverse perplexity", perplexity(reversePerplexity),
            "of held-out text, by a \(order)-gram model of the samples")
        table.add(
            "held-out perplexity", perplexity(heldOutPerplexity),
            "of held-out text, by the model of the training text")
        table.add("self-BLEU", Figures.fixed(100 * selfBleu, 1), "of samples among themselves")
        table.add(
            "held-out self-BLEU", Figures.fixed(100 * heldOutSelfBleu, 1),
            "of as many held-out lines")
        for (index, share) in distinct.enumerated() {
            table.add("distinct \(index + 1)-grams", Figures.percent(share))
        }
        table.add("distinct samples", Figures.percent(distinctSamples))
        table.add("copied", Figures.percent(copiedShare), "samples that are training lines")
        return table
    }
}
