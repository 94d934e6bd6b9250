import ArgumentParser
import Configuration
import DVAE
import Foundation
import Tensors

/// Minimises the polynomial over exponents and estimators.
struct PolynomialCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "polynomial",
        abstract: "Minimise a polynomial over binary latents with several estimators.",
        discussion: """
            EXAMPLES:
              mnist polynomial
              mnist polynomial --help
            """)

    @Option(help: "D.")
    var latents = 128

    @Option(help: "Adam steps.")
    var steps = 8000

    @Option(help: "Runs of each, with seeds from 1.")
    var seeds = 3

    func validate() throws {
        guard 1...4096 ~= latents, 1...1_000_000 ~= steps, 1...100 ~= seeds else {
            throw ValidationError(
                "--latents: want 1 … 4096; --steps: 1 … 1000000; --seeds: 1 … 100.")
        }
    }

    func run() throws {
        ThreadPool.setThreadCount(1)
        print("| p | estimator | loss, mean of \(seeds) | optimum |")
        print("|---|---|---|---|")
        for exponent in [1.5, 2, 3] {
            for (name, method) in Self.methods {
                var program = PolynomialProgram(exponent: exponent)
                program.latentCount = latents
                program.stepCount = steps
                let losses = try (1...seeds).map {
                    try program.run(method, seed: UInt64($0))
                }
                print(
                    "| \(exponent) | \(name) | "
                        + String(
                            format: "%.5f | %.5f |", losses.reduce(0, +) / Double(seeds),
                            program.optimum))
            }
        }
    }

    /// What is compared, by name.
    static var methods: [(name: String, method: PolynomialProgram.Method)] {
        var reinforce = Reinforce()
        reinforce.baseline = .batch
        var gumbel = StraightThroughGumbel()
        gumbel.temperature = Ramp(1)
        return [
            ("exact", .exact), ("reinforce, batch baseline", .estimator(reinforce)),
            ("reinmax", .estimator(ReinMax())),
            ("straight_through", .estimator(StraightThrough())),
            ("straight_through_gumbel, τ = 1", .estimator(gumbel)),
        ]
    }
}
