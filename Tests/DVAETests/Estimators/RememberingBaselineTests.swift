import Configuration
import Foundation
import SeqModel
import Tensors
import Testing

@testable import DVAE

/// Baselines that learn from step to step.
@Suite struct RememberingBaselineTests {
    private let grid = GridSize(2, 3)
    private let logits = [0.5, -0.2, 0.1, 1, 0, -1.0]

    private func estimator(_ baseline: Baseline, normalizes: Bool = false) -> Reinforce {
        var estimator = Reinforce()
        estimator.baseline = baseline
        estimator.baselineDecay = 0.5
        estimator.baselineSize = 8
        estimator.normalizesVariance = normalizes
        return estimator
    }

    private func memory(_ estimator: Reinforce) throws -> (EstimatorMemory, [Parameter]) {
        let store = ParameterStore(.seed(3))
        let memory = try estimator.makeMemory(latentCount: 2, categoryCount: 3, in: store.root)
        return (memory, store.parameters)
    }

    /// One step over a batch; f is a constant and something small that depends on z.
    @discardableResult
    private func step(
        _ estimator: Reinforce, _ memory: EstimatorMemory?, draw: Int, batch: Int = 4,
        constant: Double = -100
    ) throws -> (values: [Double], gradient: [Double]) {
        let tape = Tape.recording()
        let posterior = tape.posterior(logits, grid, batch: batch)
        let polynomial = Polynomial(cells: 6, degree: 2, seed: 1)
        let value = estimator.expectation(
            of: { latents, tape in
                let y = polynomial.latentFunction(latents, tape).value
                for index in 0..<y.count { y.pointer[index] += Float(constant) }
                return Variable(constant: y)
            }, under: posterior, at: 0, using: RandomStream(seed: 5, "step", step: draw), on: tape,
            remembering: memory)
        tape.backward(from: value)
        return (
            doubles(value.value.array),
            doubles(try #require(tape.gradient(of: posterior.logits)).array)
        )
    }

    @Test func movingMoments() {
        var moments = RunningMoments()
        #expect(moments.mean == 0 && moments.standardDeviation == 0)
        moments.add([1, 3], decay: 0.5)
        #expect(moments.mean == 2 && moments.standardDeviation == 1)
        // Weights ¼ and ½: mean (¼·2 + ½·5) / ¾ = 4; squares (¼·5 + ½·25) / ¾ = 55/3.
        moments.add([5], decay: 0.5)
        #expect(abs(moments.mean - 4) < 1e-12)
        #expect(abs(moments.standardDeviation - (55.0 / 3 - 16).squareRoot()) < 1e-12)
    }

    /// The gradient is (f − b)(z − π) with the b of the steps before, 0 at the first.
    @Test func movingAverageIsWhatWasSeenBefore() throws {
        let estimator = estimator(.movingAverage)
        let (memory, parameters) = try memory(estimator)
        #expect(parameters.isEmpty)
        var expected = RunningMoments()
        for draw in 0..<4 {
            let constant = Reinforce.constant(Float(expected.mean), like: estimator)
            let (values, gradient) = try step(estimator, memory, draw: draw)
            #expect(
                relativeError(gradient, try step(constant, nil, draw: draw).gradient) < 1e-4,
                "draw \(draw)")
            expected.add(values, decay: 0.5)
            #expect(memory.numbers.values == expected)
        }
        #expect(abs(expected.mean + 100) < 10)
    }

    @Test func varianceIsNormalised() throws {
        let plain = estimator(.constant(-90))
        let normalised = estimator(.constant(-90), normalizes: true)
        let (memory, _) = try memory(normalised)
        let first = try step(plain, nil, draw: 0)
        #expect(
            relativeError(try step(normalised, memory, draw: 0).gradient, first.gradient) < 1e-6)
        let deviation = memory.numbers.signals.standardDeviation
        #expect(deviation > 1)
        let second = try step(plain, nil, draw: 1)
        #expect(
            relativeError(
                try step(normalised, memory, draw: 1).gradient,
                scaled(second.gradient, by: 1 / deviation)) < 1e-5)
    }

    /// The net's gradient is that of the squared error, found by moving its last bias.
    @Test func learnedBaselineDescendsTheSquaredError() throws {
        let estimator = estimator(.learned)
        let (memory, parameters) = try memory(estimator)
        #expect(parameters.map(\.name).count == 4)
        try step(estimator, memory, draw: 0)
        let known = memory.numbers.values
        for parameter in parameters { parameter.clearGradient() }
        let (values, _) = try step(estimator, memory, draw: 1)
        let bias = try #require(parameters.last)
        // d/db Σ ((f − mean) / s − b)² at b = 0.
        let s = max(1, known.standardDeviation)
        let slope = values.reduce(0.0) { $0 - 2 * ($1 - known.mean) / s }
        #expect(abs(Double(bias.gradient[0]) - slope) < 1e-3 * abs(slope))
    }

    @Test func learnedBaselineLearns() throws {
        let estimator = estimator(.learned)
        let (memory, parameters) = try memory(estimator)
        let optimizer = Adam.Config().makeOptimizer(parameters)
        // Two kinds of examples, told apart by their logits, with values 20 apart.
        func gap(_ draw: Int) throws -> Double {
            let tape = Tape.recording()
            let rows = (0..<8).flatMap { $0 % 2 == 0 ? logits : logits.map { -2 * $0 } }
            let posterior = CategoricalGrid(
                logits: tape.leaf(rows, Shape(8, 2, 3)), on: tape)
            for parameter in parameters { parameter.clearGradient() }
            let value = estimator.expectation(
                of: { latents, tape in
                    let y = tape.arena.tensor(Shape(8))
                    for index in 0..<8 { y.pointer[index] = index % 2 == 0 ? -50 : -30 }
                    return Variable(constant: y)
                }, under: posterior, at: 0, using: RandomStream(seed: 1, "gap", step: draw),
                on: tape, remembering: memory)
            tape.backward(from: value)
            optimizer.update(rate: 0.02, gradientScale: 1)
            let gradient = try #require(tape.gradient(of: posterior.logits)).array
            return doubles(gradient).reduce(0) { max($0, abs($1)) }
        }
        let first = try gap(0)
        for draw in 1..<150 { _ = try gap(draw) }
        let last = try gap(150)
        #expect(last < 0.1 * first, "\(first) → \(last)")
    }

    /// Parameters and numbers put into a new memory give the same bits.
    @Test func memoryGoesOn() throws {
        let estimator = estimator(.learned, normalizes: true)
        let (memory, parameters) = try memory(estimator)
        for draw in 0..<3 { try step(estimator, memory, draw: draw) }
        parameters[2].value.fill(0.25)
        parameters[2].valueDidChange()
        let data = try JSONEncoder().encode(memory.numbers)
        let (other, copies) = try self.memory(estimator)
        other.numbers = try JSONDecoder().decode(EstimatorMemory.Numbers.self, from: data)
        for (copy, parameter) in zip(copies, parameters) {
            copy.value.copy(from: parameter.value)
            copy.valueDidChange()
        }
        #expect(
            try step(estimator, memory, draw: 3).gradient
                == step(estimator, other, draw: 3).gradient)
        #expect(memory.numbers == other.numbers)
    }

    /// What was seen before does not depend on this draw: the mean gradient is exact.
    @Test(arguments: [Baseline.movingAverage, .learned])
    func staysUnbiased(baseline: Baseline) throws {
        let estimator = estimator(baseline)
        let (memory, _) = try memory(estimator)
        try step(estimator, memory, draw: 0, batch: 64)
        var sum = [Double](repeating: 0, count: 6)
        let draws = 400
        for draw in 1...draws {
            let gradient = try step(estimator, memory, draw: draw, batch: 64).gradient
            for (cell, value) in gradient.enumerated() {
                sum[cell % 6] += value / Double(64 * draws)
            }
        }
        let polynomial = Polynomial(cells: 6, degree: 2, seed: 1)
        let exact = grid.exactGradient(logits) { polynomial(grid.oneHot($0)) }
        #expect(relativeError(sum, exact) < 0.1)
    }
}

extension Reinforce {
    fileprivate static func constant(_ value: Float, like other: Reinforce) -> Reinforce {
        var result = other
        result.baseline = .constant(value)
        return result
    }
}
