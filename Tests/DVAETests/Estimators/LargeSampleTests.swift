import Tensors
import Testing

@testable import DVAE

/// The mean of 100,000 gradients of every unbiased estimator, on the grid of the paper's shape in small.
@Suite struct LargeSampleTests {
    private static let grid = GridSize(2, 4)
    private static let draws = 100_000

    private static func moments(
        _ estimator: any GradientEstimator, of f: @escaping LatentFunction, logits: [Double],
        seed: UInt64, draws: Int = draws
    ) throws -> (mean: [Double], variance: [Double]) {
        let tape = Tape.recording()
        let posterior = tape.posterior(logits, grid, batch: draws)
        let result = estimator.expectation(
            of: f, under: posterior, at: 0, using: RandomStream(seed: seed, "large"), on: tape)
        tape.backward(from: result)
        let rows = try #require(tape.gradient(of: posterior.logits)).array
        var mean = [Double](repeating: 0, count: grid.cells)
        var squares = mean
        for (index, value) in rows.enumerated() {
            mean[index % grid.cells] += Double(value) / Double(draws)
            squares[index % grid.cells] += Double(value) * Double(value) / Double(draws)
        }
        return (mean, zip(squares, mean).map { max(0, $0 - $1 * $1) })
    }

    @Test(arguments: Variant.defaults.filter(\.isUnbiased))
    func meansAreExact(variant: Variant) throws {
        var (outside, coordinates) = (0, 0)
        for seed in UInt64(1)...3 {
            let f = Polynomial(cells: Self.grid.cells, degree: 2, seed: seed)
            let logits = normals(Self.grid.cells, "large", seed: seed)
            let (mean, variance) = try Self.moments(
                variant.estimator, of: f.latentFunction, logits: logits, seed: seed)
            let exact = variant.target(
                of: { f(Self.grid.oneHot($0)) }, logits: logits, grid: Self.grid
            ).gradient
            for cell in exact.indices {
                let error = (variance[cell] / Double(Self.draws)).squareRoot()
                // Rounding, for an estimator that has no noise.
                outside += abs(mean[cell] - exact[cell]) > 4 * error + 1e-5 ? 1 : 0
                coordinates += 1
            }
        }
        #expect(Double(outside) <= 0.01 * Double(coordinates), "\(outside) of \(coordinates)")
    }

    /// At equal decodes: one estimate of four draws against the mean of four estimates of one.
    @Test func leaveOneOutIsQuieterThanReinforceWithoutBaseline() throws {
        let f = Polynomial(cells: Self.grid.cells, degree: 2, seed: 1)
        let logits = normals(Self.grid.cells, "large", seed: 1)
        let single = try Self.moments(
            Reinforce(), of: f.latentFunction, logits: logits, seed: 1
        ).variance.map { $0 / 4 }
        let four = try Self.moments(
            LeaveOneOut(), of: f.latentFunction, logits: logits, seed: 2, draws: Self.draws / 4
        ).variance
        #expect(LeaveOneOut().sampleCount == 4)
        // The noise of the whole gradient: of a single cell it may be more where f has a mean near 0.
        #expect(four.reduce(0, +) < single.reduce(0, +))
    }
}
