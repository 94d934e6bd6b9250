import ArgumentParser

/// The everyday settings of a run that have flags of their own.
struct RunOptions: ParsableArguments {
    @Option(help: "What all random numbers come from.")
    var seed: UInt64?

    @Option(help: ArgumentHelp("Sentences in a step.", valueName: "count"))
    var batchSize: Int?

    @Option(
        help: ArgumentHelp("Tokens in a step's batch, instead of sentences.", valueName: "count"))
    var batchTokens: Int?

    @Option(help: ArgumentHelp("Steps to train.", valueName: "count"))
    var steps: Int?

    /// As assignments to keys of the configuration.
    var assignments: [String] {
        [
            seed.map { "seed=\($0)" }, batchSize.map { "training.batch_size=\($0)" },
            batchTokens.map { "training.batch_tokens=\($0)" },
            steps.map { "training.steps=\($0)" },
        ].compactMap { $0 }
    }
}
