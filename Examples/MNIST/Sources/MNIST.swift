import ArgumentParser

/// The paper's own experiment: discrete autoencoders of handwritten digits.
@main
struct MNIST: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mnist",
        abstract: "The paper's own experiment: discrete autoencoders of handwritten digits.",
        discussion: """
            EXAMPLES:
              mnist train --data data/mnist --output run
            """,
        subcommands: [
            TrainCommand.self, EvaluateCommand.self, TableCommand.self, FiguresCommand.self,
            ProbeCommand.self, PolynomialCommand.self,
        ])
}
