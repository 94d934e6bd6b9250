import ArgumentParser

/// The paper's own experiment: discrete autoencoders of handwritten digits.
@main
struct MNIST: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mnist",
        abstract: "The paper's own experiment: discrete autoencoders of handwritten digits.",
        subcommands: [
            TrainCommand.self, EvaluateCommand.self, TableCommand.self, FiguresCommand.self,
            ProbeCommand.self, PolynomialCommand.self,
        ])
}
