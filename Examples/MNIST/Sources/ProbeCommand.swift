import ArgumentParser
import Configuration
import DVAE
import Foundation
import Tensors

/// Holds every pathwise estimator against the exact gradient on a finished run.
struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Print bias and noise of every estimator with a backward rule, at temperature 1.",
        discussion: """
            EXAMPLES:
              mnist probe --run run --data data/mnist
            """)

    @OptionGroup
    var options: RunOptions

    @Option(help: "Test images.")
    var images = 100

    @Option(help: "Gradients drawn of each.")
    var draws = 1024

    func validate() throws {
        guard 1...1000 ~= images, 2...1_000_000 ~= draws else {
            throw ValidationError("--images: want 1 … 1000; --draws: want 2 … 1000000.")
        }
    }

    func run() throws {
        let folder = options.open()
        let model = try folder.model()
        guard
            CodeTable.isFeasible(
                latentCount: model.latentCount, categoryCount: model.categoryCount)
        else {
            throw MNISTError.unsuitable(
                reason: "a grid of D=\(model.latentCount) K=\(model.categoryCount) has more than "
                    + "\(CodeTable.maximumCodeCount) codes; probe a run on a smaller grid")
        }
        let digits = try Digits(.test, folder: options.data)
        let tape = Tape(arena: Arena(), isRecording: false)
        defer { withExtendedLifetime(tape) {} }
        let batch = PixelReading.reinmax.batch(
            digits, 0..<min(images, digits.count), using: RandomStream(seed: 0, "unused"),
            in: tape.arena)
        let probe = Self.probe(model, batch, on: tape)
        print("| estimator, temperature 1 | cosine | bias | deviation of a draw |")
        print("|---|---|---|---|")
        for estimator in try Self.estimators() {
            let finding = try probe.measure(
                estimator, draws: draws, using: RandomStream(seed: 1, "probe"))
            print(
                "| \(finding.estimator) | "
                    + String(
                        format: "%.3f | %.2f | %.1f |", finding.cosine, finding.bias,
                        finding.deviation))
        }
    }

    /// All latents of some images, `[B, 784]`, which must live as long as the probe.
    static func probe(_ model: DigitModel, _ images: Tensor, on tape: Tape) -> GradientProbe {
        let posterior = model.posterior(of: images, on: tape)
        return GradientProbe(
            posterior, latents: Array(0..<model.latentCount), held: posterior.mode(),
            likelihood: model.likelihood(of: images))
    }

    /// The registered estimators that see one-hot draws and have a rule of their own, with τ = 1 where they have a τ.
    static func estimators() throws -> [any PathwiseEstimator] {
        try EstimatorKind.builtIn.entries.compactMap { entry in
            let plain = entry.makeDefault()
            guard let rule = plain as? any PathwiseEstimator, !type(of: rule).isRelaxed else {
                return nil
            }
            let choice = Choice<EstimatorKind>(plain)
            guard try ConfigurationTree.encode(choice)["temperature"] != nil else { return rule }
            var layers = try ConfigurationLayers(defaults: choice)
            layers.assign(["temperature.start=1", "temperature.end=1"])
            return try layers.decode(Choice<EstimatorKind>.self).component
                as? any PathwiseEstimator
        }
    }
}
