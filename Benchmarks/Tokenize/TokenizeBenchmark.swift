import ArgumentParser

/// Times cutting text and looking it up, each against a peer in the same run.
@main
struct TokenizeBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize-benchmark",
        abstract: "Time text segmentation and encoding against ICU and Swift, one thread.",
        subcommands: [Words.self, Graphemes.self, LongRuns.self, TokenIDs.self, Training.self])
}
