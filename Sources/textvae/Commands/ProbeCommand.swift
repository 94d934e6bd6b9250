import ArgumentParser
import Configuration
import DVAE
import Files
import SeqModel
import Tensors
import TextCodec
import Training

struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Bias and noise of gradient estimators on your own model and text.",
        discussion: """
            EXAMPLES:
              textvae probe --model model test.txt
              textvae probe --model model test.txt --estimators reinmax,rloo --json
              textvae probe --model model test.txt --latents 2 --draws 2000

            The gradient is that of E[log p(x | z)] by the logits of a few latents, the others stay at a draw; its exact \
            value is a sum over all codes of those few. bias: |mean − exact| / |exact|, and beside it what noise \
            alone would leave of it; deviation: the noise of one draw / |exact|; cosine: between mean and exact \
            gradient; decodes and milliseconds: of one draw. vimco follows a bound of its own and so shows a bias here.
            """)

    @OptionGroup var options: ModelOptions
    @OptionGroup var input: TextInput

    @Option(
        help: ArgumentHelp(
            "Latents looked at, spread over the grid (default: as many as have 4096 codes, at most 4).",
            valueName: "count"))
    var latents: Int?

    @Option(help: ArgumentHelp("Lines used, from the first.", valueName: "count"))
    var sentences = 16

    @Option(help: ArgumentHelp("Draws of each estimator.", valueName: "count"))
    var draws = 500

    @Option(
        help: ArgumentHelp(
            "Some of textvae list estimators, commas between (default: all).", valueName: "names"))
    var estimators: String?

    @Option(help: "Of the draws.")
    var seed: UInt64 = 1

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard 1...4096 ~= sentences else {
            throw ValidationError("--sentences: got \(sentences), want 1 … 4096.")
        }
        guard 2...10_000_000 ~= draws else {
            throw ValidationError("--draws: got \(draws), want 2 … 10000000.")
        }
    }

    func run() throws {
        let chosen = try chosenEstimators()
        let codec = try options.load()
        guard codec.model.bottleneck is DiscreteVAE else {
            throw UserError.usage(
                "--model: the bottleneck is \(codec.model.config.bottleneck.type), want categorical: others have "
                    + "no estimator")
        }
        let count = try latentCount(codec)
        let probe = try probe(codec, latents: count)
        var findings: [GradientProbe.Finding] = []
        for estimator in chosen {
            let type = Swift.type(of: estimator).type
            let problems = estimator.problems(
                latentCount: count, categoryCount: codec.categoryCount)
            guard problems.isEmpty else {
                StandardError.note("left out \(type): " + problems.joined(separator: "; "))
                continue
            }
            findings.append(
                try probe.measure(
                    estimator, draws: estimator is ExactEnumeration ? 2 : draws,
                    using: RandomStream(seed: seed, "probe").stream(type)))
        }
        let report = ProbeReport(
            sentences: probe.batchSize, latents: probe.latents, categories: probe.categoryCount,
            draws: draws, estimators: findings)
        try OutputOptions.print { try $0.write(json ? report.json() + "\n" : report.table.text) }
    }

    private func chosenEstimators() throws -> [any GradientEstimator] {
        let registry = EstimatorKind.builtIn
        guard let estimators else { return registry.entries.map { $0.makeDefault() } }
        do {
            return try estimators.split(separator: ",").map {
                try registry.entry(String($0)).makeDefault()
            }
        } catch {
            throw UserError.usage("--estimators: \(error)")
        }
    }

    /// d, so that K^d codes can be summed over.
    private func latentCount(_ codec: Codec) throws -> Int {
        func fits(_ count: Int, _ limit: Int) -> Bool {
            var codes = 1
            for _ in 0..<count {
                guard codes <= limit / codec.categoryCount else { return false }
                codes *= codec.categoryCount
            }
            return true
        }
        let most = (1...min(codec.latentCount, 16)).last { fits($0, 1 << 17) } ?? 0
        guard let latents else {
            return max(1, (1...min(codec.latentCount, 4)).last { fits($0, 4096) } ?? 1)
        }
        guard 1...max(1, most) ~= latents else {
            throw UserError.usage(
                "--latents: got \(latents), want 1 … \(max(1, most)) for K=\(codec.categoryCount)")
        }
        return latents
    }

    private func probe(_ codec: Codec, latents count: Int) throws -> GradientProbe {
        var sequences: [[Int32]] = []
        let limit = codec.model.config.maximumLength
        try input.forEachWindow(of: sentences) { records in
            guard sequences.count < sentences else { return }
            let found = records.map { codec.tokenIDs(of: $0.bytes) }
            sequences += found.filter { (1...limit).contains($0.count) }
                .prefix(sentences - sequences.count)
        }
        guard !sequences.isEmpty else {
            throw UserError.data("nothing to probe: no line of the input has 1 … \(limit) tokens")
        }
        let model = codec.model
        let batch = model.batch(sequences)
        let tape = Tape(arena: Arena(), isRecording: false)
        let random = RandomStream(seed: seed, "probe")
        let posterior = try model.posterior(of: batch, using: random, on: tape)
        return GradientProbe(
            posterior, latents: (0..<count).map { $0 * codec.latentCount / count },
            held: posterior.sample(using: random.stream("held"), on: tape)
        ) { latents, tape in
            model.likelihood(of: batch, latents: latents, using: random, on: tape).sequence
        }
    }
}

/// What a probe found.
private struct ProbeReport: Encodable {
    var sentences: Int
    var latents: [Int]
    var categories: Int
    var draws: Int
    var estimators: [GradientProbe.Finding]

    func json() throws -> String {
        let tree = try ConfigurationTree.encode(self)
        return String(decoding: try StrictJSON.bytes(of: tree, nonFinite: .null), as: UTF8.self)
    }

    var table: Table {
        var table = Table()
        table.rightAligned = [1, 2, 3, 4, 5, 6]
        table.add("estimator", "bias", "by noise", "deviation", "cosine", "decodes", "ms")
        for row in estimators {
            table.add(
                row.estimator, Figures.fixed(row.bias, 3), Figures.fixed(row.biasNoise, 3),
                Figures.fixed(row.deviation, 2), Figures.fixed(row.cosine, 3),
                Figures.fixed(row.evaluations, 0), Figures.fixed(1000 * row.seconds, 2))
        }
        return table
    }
}
