import Foundation
import Tensors
import Testing

@testable import DVAE

@Suite struct InformationTests {
    private func posterior(_ rows: [[Double]], latents: Int, on tape: Tape) -> CategoricalGrid {
        CategoricalGrid(
            logits: tape.leaf(
                rows.flatMap { $0 }, Shape(rows.count, latents, rows[0].count / latents)), on: tape)
    }

    /// Posteriors that know: Miller and Madow's (m − 1)/2N, m the categories in use.
    @Test func correctionOfCertainPosteriors() {
        let tape = Tape.recording()
        var statistics = LatentStatistics(latentCount: 2, categoryCount: 3)
        // Latent 0 uses three categories, latent 1 two, over N = 4.
        statistics.add(
            posterior(
                [
                    [90, 0, 0, 90, 0, 0], [0, 90, 0, 0, 90, 0], [0, 0, 90, 90, 0, 0],
                    [90, 0, 0, 0, 90, 0],
                ], latents: 2, on: tape))
        #expect(distance(statistics.informationCorrection, [2.0 / 8, 1.0 / 8]) < 1e-9)
        let h = [1.5 * log(2), log(2)]
        #expect(distance(statistics.mutualInformation, h) < 1e-9)
        #expect(distance(statistics.aggregateKL, h.map { log(3) - $0 }) < 1e-9)
    }

    /// The same posterior for all: nothing is known and nothing is put back.
    @Test func correctionOfIdlePosteriors() {
        let tape = Tape.recording()
        var statistics = LatentStatistics(latentCount: 1, categoryCount: 3)
        statistics.add(posterior([[1, 0, 2], [1, 0, 2]], latents: 1, on: tape))
        #expect(statistics.informationCorrection[0] < 1e-6)
        #expect(statistics.mutualInformation[0] < 1e-6)
    }

    /// N examples with codes of their own: ln N; in pairs: ln N/2.
    @Test(arguments: [(8, 1), (8, 2)])
    func jointInformationOfCertainCodes(count: Int, sharing: Int) {
        let tape = Tape.recording()
        let rows = (0..<count).map { index -> [Double] in
            let code = index / sharing
            var row = [Double](repeating: 0, count: 9)
            row[code / 4 % 3] = 90
            row[3 + code / 2 % 2] = 90
            row[6 + code % 2] = 90
            return row
        }
        var joint = JointInformation(latentCount: 3, categoryCount: 3)
        let grid = posterior(rows, latents: 3, on: tape)
        joint.add(grid, draws: grid.mode())
        #expect(joint.exampleCount == count)
        #expect(abs(joint.nats - log(Double(count / sharing))) < 1e-6)
    }

    /// Two examples over one binary latent, by hand.
    @Test func jointInformationByHand() {
        let tape = Tape.recording()
        let (p, q) = (0.8, 0.3)
        let grid = posterior([[log(p), log(1 - p)], [log(q), log(1 - q)]], latents: 1, on: tape)
        var joint = JointInformation(latentCount: 1, categoryCount: 2)
        var draws = Codes(latentCount: 1, categoryCount: 2, rowCount: 0)
        draws.values = [0, 1]
        joint.add(grid, draws: draws)
        let first = log(p) - log((p + q) / 2)
        let second = log(1 - q) - log((2 - p - q) / 2)
        #expect(abs(joint.nats - (first + second) / 2) < 1e-6)
    }

    @Test func theLimitHolds() {
        let tape = Tape.recording()
        var joint = JointInformation(latentCount: 1, categoryCount: 2, limit: 3)
        let grid = posterior([[9, 0], [0, 9]], latents: 1, on: tape)
        joint.add(grid, draws: grid.mode())
        joint.add(grid, draws: grid.mode())
        #expect(joint.exampleCount == 3)
        #expect(JointInformation(latentCount: 1, categoryCount: 2).nats == 0)
    }

    @Test func logMean() {
        #expect(LogMean.exp([]) == -.infinity)
        #expect(LogMean.exp([-.infinity, -.infinity]) == -.infinity)
        #expect(abs(LogMean.exp([-1000, -1000 + log(3)]) - (-1000 + log(2))) < 1e-9)
    }
}
