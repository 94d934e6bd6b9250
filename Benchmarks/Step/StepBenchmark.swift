import ArgumentParser

/// One training step of a fixed model on a fixed batch: written down, or timed.
@main
struct StepBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step-benchmark",
        abstract: "A training step to hold against the same step of another toolkit.",
        subcommands: [Describe.self, Export.self, Scale.self, Time.self])
}
