import ArgumentParser
import DVAE
import SeqModel
import TextCodec
import Training

struct TrainPriorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train-prior",
        abstract: "Learn which codes are likely, for a trained model.",
        discussion: """
            EXAMPLES:
              textvae train-prior --model model corpus.txt
              textvae train-prior --model model --layer transformer corpus.txt
              textvae sample --model model --count 10

            Lines are encoded, and a prior learns to predict each code from those before it. It is kept beside the model \
            as prior.safetensors, and sample and evaluate use it from then on. Some lines are held out; standard output \
            says what their codes cost under each prior, nats per sentence. Ctrl-C keeps the best so far and ends with \
            status 130.
            """)

    @OptionGroup var options: ModelOptions
    @OptionGroup var input: TextInput
    @OptionGroup var settings: PriorOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(name: .shortAndLong, help: "Only errors and the result.")
    var quiet = false

    func run() throws {
        Signals.watch()
        let config = try settings.config()
        let codec = try options.load(ignoringPrior: true)
        let directory = ModelDirectory(options.model)
        let digest = try directory.weightsDigest()
        let codes = try encode(codec, config)
        let trainer = try PriorTrainer(config, codes: codes)
        let console = PriorConsole(isQuiet: quiet)
        let outcome: PriorTrainer.Outcome
        do {
            outcome = try Signals.catching {
                try trainer(
                    shouldStop: { Signals.received != nil },
                    keep: { try directory.writePrior($0, weights: digest) },
                    report: console.show)
            }
        } catch {
            console.endLine()
            throw error
        }
        console.endLine()
        let report = trainer.best
        try OutputOptions.print { try $0.write(json ? report.json() + "\n" : report.table.text) }
        if outcome == .interrupted { throw Interruption(signal: Signals.received ?? 2) }
    }

    /// Encodes all lines as they are read, and chooses which are held out.
    private func encode(_ codec: Codec, _ config: PriorTrainingConfig) throws -> PriorCodes {
        // On the disk that will hold the prior: the system's folder for temporary files may be memory.
        let writer = try PriorCodesWriter(codec, config, folder: options.model)
        try input.forEachWindow(of: options.windowSize) { window in
            try writer.add(window.map(\.bytes))
            if !quiet, StandardError.isTerminal {
                StandardError.put(
                    "\rencoded \(Figures.count(writer.recordCount, "line"))\u{1B}[K")
            }
        }
        let codes = try writer.finish()
        if !quiet {
            let ending = StandardError.isTerminal ? "\r" : ""
            StandardError.put(ending)
            StandardError.write(
                "codes of \(Figures.count(codes.trainingCount, "line")) to learn from, "
                    + "\(Figures.grouped(codes.heldOut.rowCount)) held out")
            if codes.skippedCount > 0 {
                StandardError.note(
                    "left out \(Figures.count(codes.skippedCount, "line")), empty or longer than "
                        + "\(codec.model.config.maximumLength) tokens")
            }
        }
        return codes
    }
}
