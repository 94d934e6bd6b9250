import Foundation
import Tensors
import Testing

@testable import DVAE

@Suite struct CategoricalGridTests {
    /// KL(softmax(θ_d) ‖ uniform) of each latent in double precision.
    private func kl(_ logits: [Double], _ grid: GridSize) -> [Double] {
        (0..<grid.latents).map { latent in
            let q = softmax(Array(logits[grid.row(latent)]))
            return q.reduce(log(Double(grid.categories))) { $1 > 0 ? $0 + $1 * log($1) : $0 }
        }
    }

    private func divergence(_ logits: [Double], _ grid: GridSize) -> [Double] {
        let tape = Tape.recording()
        let posterior = tape.posterior(logits, grid, batch: 1)
        return doubles(posterior.klDivergenceToUniform(on: tape).value.array)
    }

    static let grids = [
        (GridSize(4, 8), 8.317766), (GridSize(24, 4), 33.271065), (GridSize(30, 10), 69.077553),
    ]

    @Test(arguments: grids)
    func divergenceAtItsEnds(grid: GridSize, limit: Double) {
        let uniform = divergence([Double](repeating: 0.7, count: grid.cells), grid)
        #expect(uniform.allSatisfy { $0 >= 0 && $0 <= 1e-6 })
        for height in [50.0, 1e4] {
            var logits = [Double](repeating: 0, count: grid.cells)
            for latent in 0..<grid.latents {
                logits[grid.row(latent).lowerBound + latent % grid.categories] = height
            }
            let oneHot = divergence(logits, grid)
            #expect(abs(oneHot.reduce(0, +) - limit) <= 1e-5)
        }
    }

    @Test(arguments: grids)
    func divergenceIsLogKLessEntropy(grid: GridSize, limit: Double) {
        let logits = normals(grid.cells, "logits")
        let tape = Tape.recording()
        let posterior = tape.posterior(logits, grid, batch: 1)
        let entropy = posterior.entropy(on: tape).array
        let divergence = posterior.klDivergenceToUniform(on: tape).value.array
        // The same bits, and the truth to single precision.
        #expect(divergence == entropy.map { LogTable.log(grid.categories) - $0 })
        #expect(distance(doubles(divergence), kl(logits, grid)) <= 1e-6)
    }

    @Test(arguments: [GridSize(4, 8), GridSize(3, 2), GridSize(2, 64)])
    func divergenceGradient(grid: GridSize) throws {
        let logits = normals(grid.cells, "logits").map { Double(Float($0)) }
        let weights = normals(grid.latents, "weights")
        let tape = Tape.recording()
        let posterior = tape.posterior(logits, grid, batch: 1)
        tape.backward(from: tape.weightedSum(posterior.klDivergenceToUniform(on: tape), weights))
        let gradient = doubles(try #require(tape.gradient(of: posterior.logits)).array)
        let slope = centralDifferences(logits) { dot(weights, kl($0, grid)) }
        #expect(relativeError(gradient, slope) <= 1e-6)
    }

    @Test func aNaNIsNotHidden() {
        let divergence = divergence([.nan, 0, 0, 1, 2, 3], GridSize(2, 3))
        #expect(divergence[0].isNaN)
        #expect(divergence[1].isFinite)
    }

    @Test func probabilitiesAndLogProbabilities() {
        let grid = GridSize(3, 5)
        let logits = normals(grid.cells, "logits")
        let tape = Tape.recording()
        let posterior = tape.posterior(logits, grid, batch: 2)
        let q = grid.probabilities(logits)
        #expect(distance(doubles(posterior.probabilities.array), q + q) <= 1e-6)
        #expect(
            distance(doubles(posterior.logProbabilities.array), (q + q).map { log($0) }) <= 2e-6)
        var codes = Codes(latentCount: 3, categoryCount: 5, rowCount: 2)
        codes.values = [0, 1, 2, 4, 4, 0]
        let wanted = [[0, 1, 2], [4, 4, 0]].map { log(grid.probability(of: $0, q)) }
        #expect(distance(doubles(posterior.logProbability(of: codes)), wanted) <= 1e-5)
    }

    @Test func modeIsTheFirstLargest() {
        let tape = Tape.recording()
        let posterior = tape.posterior([1, 3, 3, -1, -2, -1], GridSize(2, 3), batch: 2)
        #expect(posterior.mode().values == [1, 0, 1, 0])
    }

    @Test func samplesDoNotDependOnTheBatchBehindThem() {
        let logits = normals(12, "logits")
        func sample(batch: Int) -> [Int32] {
            let tape = Tape.recording()
            return tape.posterior(logits, GridSize(3, 4), batch: batch)
                .sample(using: RandomStream(seed: 4, "sample"), on: tape).values
        }
        #expect(sample(batch: 9).prefix(12) == sample(batch: 4).prefix(12))
    }
}
