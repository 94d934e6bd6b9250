import Tensors
import Testing

@testable import DVAE

/// Orders of noise that are theorems, and means that must agree.
@Suite struct EstimatorVarianceTests {
    static let grid = GridSize(2, 3)
    private let f = Polynomial(cells: grid.cells, degree: 3, seed: 2)
    private let logits = normals(grid.cells, "logits", seed: 2)

    /// Mean and variance of each coordinate of the gradient over `draws` estimates of f + `offset`.
    private func moments(
        _ estimator: any GradientEstimator, draws: Int = 20_000, offset: Float = 0, seed: UInt64 = 1
    ) throws -> (mean: [Double], variance: [Double]) {
        let tape = Tape.recording()
        let posterior = tape.posterior(logits, Self.grid, batch: draws)
        let result = estimator.expectation(
            of: { latents, tape in
                let constant = tape.arena.tensor(Shape(draws))
                constant.fill(offset)
                return tape.add(f.latentFunction(latents, tape), Variable(constant: constant))
            }, under: posterior, at: 1_000_000, using: RandomStream(seed: seed, "variance"),
            on: tape)
        tape.backward(from: result)
        let rows = try #require(tape.gradient(of: posterior.logits)).array
        var (mean, squares) = (
            [Double](repeating: 0, count: Self.grid.cells),
            [Double](repeating: 0, count: Self.grid.cells)
        )
        for (index, value) in rows.enumerated() {
            mean[index % mean.count] += Double(value) / Double(draws)
            squares[index % mean.count] += Double(value) * Double(value) / Double(draws)
        }
        return (mean, zip(squares, mean).map { $0 - $1 * $1 })
    }

    private func noise(_ estimator: any GradientEstimator, draws: Int = 20_000, offset: Float = 0)
        throws -> Double
    {
        try moments(estimator, draws: draws, offset: offset).variance.reduce(0, +)
    }

    private func gumbelRao(_ temperature: Float, noises: Int) -> GumbelRao {
        var estimator = GumbelRao()
        estimator.temperature = Ramp(temperature)
        estimator.noiseCount = noises
        return estimator
    }

    private func straightThroughGumbel(_ temperature: Float) -> StraightThroughGumbel {
        var estimator = StraightThroughGumbel()
        estimator.temperature = Ramp(temperature)
        return estimator
    }

    @Test func leaveOneOutIsQuieterThanReinforceAtEqualCost() throws {
        // The variance of the mean of 4n single draws against that of n estimates of 4 draws each.
        let (single, four) = (
            try noise(Reinforce(), draws: 40_000) / 40_000,
            try noise(LeaveOneOut(), draws: 10_000) / 10_000
        )
        #expect(four < single)
    }

    /// Averaging over noise that would have drawn the same z changes no mean.
    @Test(arguments: [Float(0.1), 0.5, 1, 3], [1, 10])
    func gumbelRaoHasTheMeanOfStraightThroughGumbel(temperature: Float, noises: Int) throws {
        let draws = 20_000
        let plain = try moments(straightThroughGumbel(temperature), draws: draws, seed: 1)
        let rao = try moments(gumbelRao(temperature, noises: noises), draws: draws, seed: 2)
        for cell in plain.mean.indices {
            let error = ((plain.variance[cell] + rao.variance[cell]) / Double(draws)).squareRoot()
            #expect(abs(plain.mean[cell] - rao.mean[cell]) <= 4.5 * error)
        }
    }

    /// It never adds noise either: Var E[X | z] ≤ Var X.
    @Test(arguments: [Float(0.1), 0.5, 1, 3])
    func gumbelRaoIsQuieterThanStraightThroughGumbel(temperature: Float) throws {
        let plain = try moments(straightThroughGumbel(temperature)).variance
        let one = try moments(gumbelRao(temperature, noises: 1)).variance
        let ten = try moments(gumbelRao(temperature, noises: 10)).variance
        #expect(zip(ten, plain).allSatisfy { $0 < $1 })
        #expect(zip(ten, one).allSatisfy { $0 < $1 })
        // One noise given z is as good as the noise that drew z.
        #expect(zip(one, plain).allSatisfy { abs($0 / $1 - 1) < 0.2 })
    }

    @Test func reinMaxRaoIsQuieterWithMoreNoises() throws {
        func estimator(_ noises: Int) -> ReinMaxRao {
            var estimator = ReinMaxRao()
            estimator.noiseCount = noises
            return estimator
        }
        let (one, many) = (try moments(estimator(1)), try moments(estimator(32)))
        #expect(zip(many.variance, one.variance).allSatisfy { $0 < $1 })
        for cell in one.mean.indices {
            let error = ((one.variance[cell] + many.variance[cell]) / 20_000).squareRoot()
            #expect(abs(one.mean[cell] - many.mean[cell]) <= 4.5 * error)
        }
    }

    /// A log-likelihood is far from 0, which alone makes REINFORCE noisy: every baseline takes that off.
    @Test func baselinesTakeTheCommonPartOff() throws {
        func reinforce(_ baseline: Baseline) -> Reinforce {
            var estimator = Reinforce()
            estimator.baseline = baseline
            return estimator
        }
        let bare = try noise(reinforce(.constant(0)), offset: -100)
        for baseline in [Baseline.constant(-100), .batch, .mode] {
            #expect(try noise(reinforce(baseline), offset: -100) < 0.1 * bare)
        }
        let batch = try noise(reinforce(.batch), offset: -100)
        #expect(abs(batch / (try noise(reinforce(.batch))) - 1) < 0.01)
    }

    /// The baseline of the others takes the common part off VIMCO as well.
    @Test func vimcoDoesNotMindAnOffset() throws {
        let (near, far) = (try moments(Vimco()), try moments(Vimco(), offset: -100))
        #expect(relativeError(far.mean, near.mean) < 1e-3)
        #expect(relativeError(far.variance, near.variance) < 1e-3)
    }
}
