import ArgumentParser
import Glibc
import SeqModel
import Tensors

/// What a token costs as a batch, a sentence, the vocabulary and the model grow.
///
/// One of the four sizes varies at a time. A step of the products' rate at the middle of all sizes explains so much time
/// a token; `excess` is how many times more a step takes.
struct Scale: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time a token's share of a step as sizes grow, and print a table.")

    @Option(help: "The encoder and decoder.")
    var encoder = GRUEncoder.Config.type

    @Option(help: "The decoder.")
    var decoder = GRUDecoder.Config.type

    @Option(help: "What matrix products multiply: fp32 or bf16.")
    var precision = Precision.fp32

    @Option(help: "Threads.")
    var threads = 2

    @Option(parsing: .upToNextOption, help: "B, sentences of a batch.")
    var batches = [16, 32, 64, 128, 256]

    @Option(parsing: .upToNextOption, help: "T, tokens of a sentence, end mark included.")
    var lengths = [8, 16, 32, 64, 128]

    @Option(parsing: .upToNextOption, help: "V, the vocabulary.")
    var vocabularies = [1000, 5000, 10_000, 20_000, 50_000]

    @Option(parsing: .upToNextOption, help: "H, the decoder's width.")
    var widths = [128, 256, 512, 1024]

    @Option(help: "The least time for each size.")
    var seconds = 0.5

    func validate() throws {
        for (name, values) in [
            ("batches", batches), ("lengths", lengths), ("vocabularies", vocabularies),
            ("widths", widths),
        ] {
            guard values.allSatisfy({ 4...100_000 ~= $0 }) else {
                throw ValidationError("--\(name): got \(values), want 4 … 100000")
            }
        }
        guard widths.allSatisfy({ $0 % 16 == 0 }) else {
            throw ValidationError("--widths: got \(widths), want multiples of 16")
        }
        guard 1...1024 ~= threads, 0...3600 ~= seconds else {
            throw ValidationError("got --threads \(threads) --seconds \(seconds)")
        }
        try StepModel(sizes: sizes(), encoder: encoder, decoder: decoder).validate()
    }

    func run() throws {
        ThreadPool.setThreadCount(threads)
        let middle = try measure(sizes())
        print(
            "B 64, T 32, V 10,000, H 256 unless said; \(encoder) → \(decoder), \(precision.rawValue)"
        )
        print("| | | ms a step | µs a token | MFlop a token | GF/s of the step | excess |")
        print("|---|---|---|---|---|---|---|")
        for batch in batches { try report("B", batch, try measure(sizes(batch: batch)), middle) }
        for length in lengths {
            try report("T", length, try measure(sizes(length: length)), middle)
        }
        for vocabulary in vocabularies {
            try report("V", vocabulary, try measure(sizes(vocabulary: vocabulary)), middle)
        }
        for width in widths { try report("H", width, try measure(sizes(width: width)), middle) }
    }

    private func sizes(
        batch: Int = 64, length: Int = 32, vocabulary: Int = 10_000, width: Int = 256
    ) -> StepSizes {
        StepSizes(
            batchSize: batch, tokenLimit: length, vocabularySize: vocabulary, embeddingSize: 256,
            width: decoder == TransformerDecoder.Config.type ? 2 * width : width)
    }

    /// The cost of a step.
    private struct Cost {
        var seconds: Double
        var tokens: Int
        var operations: Double

        var rate: Double { operations / seconds }
    }

    private func measure(_ sizes: StepSizes) throws -> Cost {
        let model = StepModel(sizes: sizes, encoder: encoder, decoder: decoder)
        let trainer = try StepTrainer(model, ragged: false, precision: precision, seed: 1)
        trainer.run(stepCount: 1)
        let profiler = StepProfiler()
        trainer.profiler = profiler
        trainer.run(stepCount: 1)
        trainer.profiler = nil
        var round = trainer.run(stepCount: 3)
        while round.seconds < seconds { round.add(trainer.run(stepCount: 1)) }
        return Cost(
            seconds: round.fastest, tokens: round.tokens / round.steps,
            operations: profiler.lines.reduce(0) { $0 + $1.productOperations })
    }

    private func report(_ axis: String, _ value: Int, _ cost: Cost, _ middle: Cost) throws {
        let figures = [
            1e3 * cost.seconds, 1e6 * cost.seconds / Double(cost.tokens),
            cost.operations / Double(cost.tokens) / 1e6, cost.rate / 1e9, middle.rate / cost.rate,
        ].map { ($0 * 100).rounded() / 100 }
        print("| \(axis) | \(value) |" + figures.map { " \($0) |" }.joined())
        // A row takes minutes, and a pipe or a file would see them all at the end.
        fflush(nil)
    }
}
