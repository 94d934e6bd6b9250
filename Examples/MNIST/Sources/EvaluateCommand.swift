import ArgumentParser
import DVAE
import Foundation
import Tensors

/// Judges a finished run on the test images.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract:
            "Print the bound on the test images and, for a small grid, the exact log-likelihood.",
        discussion: """
            EXAMPLES:
              mnist evaluate --run run --data data/mnist
            """)

    @OptionGroup
    var options: RunOptions

    func run() throws {
        let folder = options.open()
        let (config, model) = (try folder.config(), try folder.model())
        let digits = try Digits(.test, folder: options.data)
        let isFeasible = CodeTable.isFeasible(
            latentCount: model.latentCount, categoryCount: model.categoryCount)
        let random = RandomStream(seed: config.seed, "evaluate")
        var statistics = LatentStatistics(
            latentCount: model.latentCount, categoryCount: model.categoryCount)
        let tape = Tape(arena: Arena(), isRecording: false)
        var (bound, evidence) = (EpochRecord.Bound(), 0.0)
        let share = 1 / Double(digits.count)
        for start in stride(from: 0, to: digits.count, by: 500) {
            tape.reset()
            let batch = start..<min(start + 500, digits.count)
            let random = random.stream(start)
            let images = config.protocol.batch(
                digits, batch, using: random.stream("pixels"), in: tape.arena)
            let sums = DigitBound(
                model, images, estimator: Reinforce(), at: 0, using: random.stream("draw"),
                on: tape)
            bound.reconstruction += sums.reconstruction * share
            bound.kl += sums.kl * share
            statistics.add(model.posterior(of: images, on: tape))
            guard isFeasible else { continue }
            evidence += CodeTable(model, images, on: tape).evidence.reduce(0, +) * share
        }
        print(String(format: "ELBO                 %.2f nats an image", bound.elbo))
        print(String(format: "reconstruction       %.2f", bound.reconstruction))
        print(String(format: "KL                   %.2f", bound.kl))
        if isFeasible {
            let what = config.protocol == .seed ? "log p(x)            " : "log Σ p(z) e^(−BCE) "
            print(what + String(format: " %.2f, the sum over all codes", evidence))
        }
        print("active latents       \(statistics.activeLatents) of \(model.latentCount)")
        let perplexity = statistics.codePerplexity.map { String(format: "%.1f", $0) }
        print("code perplexity      \(perplexity.joined(separator: " ")) of \(model.categoryCount)")
    }
}
