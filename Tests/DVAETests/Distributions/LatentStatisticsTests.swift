import Foundation
import Tensors
import Testing

@testable import DVAE

@Suite struct LatentStatisticsTests {
    /// Posteriors with these probabilities, one row of D·K numbers for each example.
    private func posterior(_ rows: [[Double]], _ grid: GridSize, on tape: Tape) -> CategoricalGrid {
        CategoricalGrid(
            logits: tape.leaf(
                rows.flatMap { $0.map { log($0) } },
                Shape(rows.count, grid.latents, grid.categories)), on: tape)
    }

    @Test func handComputedValues() {
        // Latent 0 tells the two examples apart with certainty 0.9; latent 1 says nothing and stays at its mode.
        let rows = [[0.9, 0.1, 0.75, 0.25], [0.1, 0.9, 0.75, 0.25]]
        let tape = Tape.recording()
        var statistics = LatentStatistics(latentCount: 2, categoryCount: 2)
        statistics.add(posterior(rows, GridSize(2, 2), on: tape))
        #expect(statistics.exampleCount == 2)
        // H(0.9) = 0.325083, H(0.75) = 0.562335, ln 2 = 0.693147.
        #expect(distance(statistics.klPerLatent, [0.368064, 0.130812]) < 2e-6)
        #expect(distance(statistics.mutualInformation, [0.368064, 0]) < 2e-6)
        #expect(distance(statistics.aggregateEntropy, [0.693147, 0.562335]) < 2e-6)
        #expect(statistics.activeLatents == 1)
        #expect(distance(statistics.codePerplexity, [2, 1]) < 1e-12)
        #expect(statistics.deadCodes == 1)
    }

    @Test func perplexityOfUnevenUse() {
        // Modes 0, 0, 0, 1 of four categories: exp H(3/4, 1/4) = 1.754765.
        let rows = [0, 0, 0, 1].map { mode in (0..<4).map { $0 == mode ? 0.97 : 0.01 } }
        let tape = Tape.recording()
        var statistics = LatentStatistics(latentCount: 1, categoryCount: 4)
        statistics.add(posterior(rows, GridSize(1, 4), on: tape))
        #expect(distance(statistics.codePerplexity, [1.754765]) < 1e-6)
        #expect(statistics.deadCodes == 2)
    }

    @Test func batchesAddUp() {
        let rows = (0..<6).map { GridSize(2, 3).probabilities(normals(6, "row", seed: $0)) }
        func statistics(_ parts: [Range<Int>]) -> LatentStatistics {
            let tape = Tape.recording()
            var statistics = LatentStatistics(latentCount: 2, categoryCount: 3)
            for part in parts {
                statistics.add(posterior(Array(rows[part]), GridSize(2, 3), on: tape))
            }
            return statistics
        }
        let (whole, parts) = (statistics([0..<6]), statistics([0..<1, 1..<4, 4..<6]))
        #expect(whole.exampleCount == parts.exampleCount)
        #expect(whole.klPerLatent == parts.klPerLatent)
        #expect(whole.mutualInformation == parts.mutualInformation)
        #expect(whole.codePerplexity == parts.codePerplexity)
        #expect(whole.deadCodes == parts.deadCodes)
        #expect(whole.mutualInformation.allSatisfy { $0 > 0 })
    }

    @Test func nothingYet() {
        let statistics = LatentStatistics(latentCount: 2, categoryCount: 3)
        #expect(statistics.exampleCount == 0)
        #expect(statistics.aggregateEntropy == [0, 0])
        #expect(statistics.mutualInformation == [0, 0])
        #expect(statistics.activeLatents == 0)
        #expect(statistics.codePerplexity == [1, 1])
        #expect(statistics.deadCodes == 6)
        // Nothing is known about a divergence before the first example.
        #expect(statistics.klPerLatent == [0, 0])
    }
}
