import Foundation
import Tensors
import Testing

@testable import DVAE

/// Expected gradients by enumerating every sample in double precision: no Monte Carlo noise, so the tolerances are those
/// of rounding.
@Suite struct EnumeratedExpectationTests {
    static let grids = [GridSize(1, 4), GridSize(2, 3), GridSize(3, 3)]
    static let seeds: [UInt64] = [1, 2, 3]

    /// |E[rule] − exact| / |exact| of a pathwise rule without noise.
    private func error(
        _ estimator: some PathwiseEstimator, temperature: Double, degree: Int, grid: GridSize,
        seed: UInt64
    ) -> Double {
        let logits = normals(grid.cells, "logits", seed: seed)
        let f = Polynomial(cells: grid.cells, degree: degree, seed: seed)
        let expected = grid.mean(grid.probabilities(logits)) { code in
            let g = f.gradient(grid.oneHot(code))
            return (0..<grid.latents).flatMap { latent in
                rowGradient(
                    estimator, logits: Array(logits[grid.row(latent)]),
                    drawn: Int(code[latent]), g: Array(g[grid.row(latent)]),
                    temperature: temperature)
            }
        }
        return relativeError(
            expected, grid.exactGradient(logits) { f(grid.oneHot($0)) })
    }

    @Test(arguments: grids, seeds)
    func linear(grid: GridSize, seed: UInt64) {
        #expect(
            error(StraightThrough(), temperature: 1, degree: 1, grid: grid, seed: seed) <= 1e-10)
        #expect(error(ReinMax(), temperature: 1, degree: 1, grid: grid, seed: seed) <= 1e-10)
        // A temperature costs exactness even here.
        #expect(error(ReinMax(), temperature: 1.5, degree: 1, grid: grid, seed: seed) >= 1e-2)
    }

    @Test(arguments: grids, seeds)
    func quadratic(grid: GridSize, seed: UInt64) {
        #expect(error(ReinMax(), temperature: 1, degree: 2, grid: grid, seed: seed) <= 1e-10)
        #expect(error(Zgr(), temperature: 1, degree: 2, grid: grid, seed: seed) <= 1e-10)
        #expect(
            error(StraightThrough(), temperature: 1, degree: 2, grid: grid, seed: seed) >= 1e-2)
    }

    @Test(arguments: grids, seeds)
    func cubic(grid: GridSize, seed: UInt64) {
        #expect(error(ReinMax(), temperature: 1, degree: 3, grid: grid, seed: seed) >= 1e-3)
    }

    // MARK: the score-function family, for f without any structure

    /// A grid, its logits and an arbitrary f given by a table.
    private struct Toy {
        let grid: GridSize
        let logits: [Double]
        let probabilities: [Double]
        private let table: [Double]

        init(_ grid: GridSize, seed: UInt64) {
            self.grid = grid
            logits = normals(grid.cells, "logits", seed: seed)
            probabilities = grid.probabilities(logits)
            table = normals(grid.codes.count, "table", seed: seed).map { 10 * $0 - 50 }
        }

        func f(_ code: [Int32]) -> Double {
            table[code.reduce(0) { $0 * grid.categories + Int($1) }]
        }

        var exact: [Double] { grid.exactGradient(logits, of: f) }

        /// weight · ∂log q(code)/∂θ by the library's rule.
        func score(_ code: [Int32], weight: Double) -> [Double] {
            Buffer(probabilities).read { pi in
                Buffer([Double](repeating: 0, count: grid.cells)).after { out in
                    for latent in 0..<grid.latents {
                        let start = latent * grid.categories
                        ScoreFunction.add(
                            weight: weight, drawn: Int(code[latent]), probabilities: pi + start,
                            categoryCount: grid.categories, to: out + start)
                    }
                }
            }
        }
    }

    @Test(arguments: grids, seeds)
    func scoreIsTheSlopeOfTheLogProbability(grid: GridSize, seed: UInt64) {
        let toy = Toy(grid, seed: seed)
        let code = grid.codes[grid.codes.count / 2]
        let slope = centralDifferences(toy.logits) {
            log(grid.probability(of: code, grid.probabilities($0)))
        }
        #expect(relativeError(toy.score(code, weight: 1), slope) <= 1e-8)
    }

    @Test(arguments: grids, seeds)
    func reinforce(grid: GridSize, seed: UInt64) {
        let toy = Toy(grid, seed: seed)
        let mode = grid.codes.max {
            grid.probability(of: $0, toy.probabilities)
                < grid.probability(of: $1, toy.probabilities)
        }
        for baseline: Baseline in [.constant(0), .constant(125), .constant(-7), .mode] {
            let expected = grid.mean(toy.probabilities) { code in
                let f = toy.f(code)
                let b = baseline.values(for: [f]) { [toy.f(mode ?? [])] }[0]
                return toy.score(code, weight: f - b)
            }
            #expect(relativeError(expected, toy.exact) <= 1e-10)
        }
    }

    /// Two examples with posteriors and functions of their own, and each the other's baseline.
    @Test(arguments: [GridSize(1, 4), GridSize(2, 3)], seeds)
    func reinforceAgainstTheBatch(grid: GridSize, seed: UInt64) {
        let (one, other) = (Toy(grid, seed: seed), Toy(grid, seed: seed + 10))
        let expected = grid.mean(one.probabilities) { first in
            grid.mean(other.probabilities) { second in
                let f = [one.f(first), other.f(second)]
                let b = Baseline.batch.values(for: f) { [] }
                #expect(b == [f[1], f[0]])
                return one.score(first, weight: f[0] - b[0])
                    + other.score(second, weight: f[1] - b[1])
            }
        }
        #expect(relativeError(expected, one.exact + other.exact) <= 1e-10)
        #expect(Baseline.batch.values(for: [3.5]) { [] } == [0])
    }

    /// VIMCO's mean over every S-tuple of draws is the exact gradient of the enumerated bound.
    @Test(arguments: [(GridSize(1, 4), 2), (GridSize(2, 3), 2), (GridSize(2, 2), 3)], seeds)
    func vimco(case: (grid: GridSize, draws: Int), seed: UInt64) {
        let (grid, draws) = `case`
        let toy = Toy(grid, seed: seed)
        let constant = Double(grid.latents) * log(Double(grid.categories))
        func mean(_ body: ([[Int32]], MultiSampleBound) -> [Double]) -> [Double] {
            var sum = [Double](repeating: 0, count: grid.cells)
            for tuple in GridSize(draws, grid.codes.count).codes {
                let codes = tuple.map { grid.codes[Int($0)] }
                let q = codes.map { grid.probability(of: $0, toy.probabilities) }
                let bound = MultiSampleBound(
                    logWeights: zip(codes, q).map { toy.f($0) - constant - log($1) })
                sum = added(sum, scaled(body(codes, bound), by: q.reduce(1, *)))
            }
            return sum
        }
        let exact = grid.multiSampleBound(toy.logits, draws: draws, of: toy.f)
        let divergence = toy.logits.indices.map { cell in
            let latent = cell / grid.categories
            let pi = Array(toy.probabilities[grid.row(latent)])
            let entropy = -dot(pi, pi.map { log($0) })
            return toy.probabilities[cell] * (log(toy.probabilities[cell]) + entropy)
        }
        let rule = mean { codes, bound in
            zip(codes, bound.scoreWeights).map { toy.score($0, weight: $1) }
                .reduce([Double](repeating: 0, count: grid.cells), added)
        }
        #expect(relativeError(added(rule, divergence), exact.gradient) <= 1e-10)
        #expect(
            relativeError(
                exact.gradient,
                centralDifferences(toy.logits) {
                    grid.multiSampleBound($0, draws: draws, of: toy.f).value
                }) <= 1e-7)
    }

    /// E_q[f] − KL = L₁ ≤ L₂ ≤ L₃ ≤ log p(x), for the uniform prior.
    @Test(arguments: seeds)
    func vimcosBoundRisesToTheEvidence(seed: UInt64) {
        let grid = GridSize(2, 3)
        let toy = Toy(grid, seed: seed)
        let divergence = (0..<2).reduce(0.0) { sum, latent in
            toy.probabilities[grid.row(latent)].reduce(sum + log(3)) { $0 + $1 * log($1) }
        }
        let bounds = (1...3).map {
            grid.multiSampleBound(toy.logits, draws: $0, of: toy.f).value - divergence
        }
        let mean = grid.mean(toy.probabilities) { [toy.f($0)] }[0]
        let evidence = log(grid.codes.reduce(0) { $0 + exp(toy.f($1)) } / 9)
        #expect(abs(bounds[0] - (mean - divergence)) <= 1e-10)
        #expect(bounds[0] < bounds[1] && bounds[1] < bounds[2] && bounds[2] < evidence)
    }

    @Test(arguments: [GridSize(1, 4), GridSize(2, 3)], seeds)
    func leaveOneOutOfTwo(grid: GridSize, seed: UInt64) {
        let toy = Toy(grid, seed: seed)
        var estimator = LeaveOneOut()
        estimator.sampleCount = 2
        let expected = grid.mean(toy.probabilities) { first in
            grid.mean(toy.probabilities) { second in
                let mean = (toy.f(first) + toy.f(second)) / 2
                return [first, second].map {
                    toy.score($0, weight: estimator.weight(of: toy.f($0), mean: mean))
                }.reduce([Double](repeating: 0, count: grid.cells), added)
            }
        }
        #expect(relativeError(expected, toy.exact) <= 1e-10)
    }

    @Test(arguments: seeds)
    func leaveOneOutOfThree(seed: UInt64) {
        let (grid, toy) = (GridSize(2, 2), Toy(GridSize(2, 2), seed: seed))
        var estimator = LeaveOneOut()
        estimator.sampleCount = 3
        let expected = grid.mean(toy.probabilities) { a in
            grid.mean(toy.probabilities) { b in
                grid.mean(toy.probabilities) { c in
                    let mean = (toy.f(a) + toy.f(b) + toy.f(c)) / 3
                    return [a, b, c].map {
                        toy.score($0, weight: estimator.weight(of: toy.f($0), mean: mean))
                    }.reduce([Double](repeating: 0, count: grid.cells), added)
                }
            }
        }
        #expect(relativeError(expected, toy.exact) <= 1e-10)
    }

    @Test(arguments: grids, seeds)
    func localExpectation(grid: GridSize, seed: UInt64) {
        let toy = Toy(grid, seed: seed)
        let expected = grid.mean(toy.probabilities) { code in
            (0..<grid.latents).flatMap { latent -> [Double] in
                let neighbours = (0..<Int32(grid.categories)).map { k in
                    var changed = code
                    changed[latent] = k
                    return toy.f(changed)
                }
                let pi = Array(toy.probabilities[grid.row(latent)])
                return Buffer(pi + neighbours).read { inputs in
                    Buffer(pi.map { _ in 0 }).after {
                        SoftmaxJacobian.add(
                            of: inputs, times: inputs + pi.count, around: neighbours[0], scale: 1,
                            categoryCount: pi.count, to: $0)
                    }
                }
            }
        }
        #expect(relativeError(expected, toy.exact) <= 1e-10)
    }

    @Test(arguments: grids, seeds)
    func exactGradientIsTheSlopeOfTheExpectation(grid: GridSize, seed: UInt64) {
        let toy = Toy(grid, seed: seed)
        let slope = centralDifferences(toy.logits) { logits in
            grid.mean(grid.probabilities(logits)) { [toy.f($0)] }[0]
        }
        #expect(relativeError(toy.exact, slope) <= 1e-8)
    }

    @Test func aWrongWeightWouldBeSeen() {
        let grid = GridSize(2, 3)
        let toy = Toy(grid, seed: 1)
        let biased = grid.mean(toy.probabilities) {
            toy.score($0, weight: toy.f($0) * (1 + 0.01 * Double($0[0])))
        }
        #expect(relativeError(biased, toy.exact) > 1e-3)
    }
}
