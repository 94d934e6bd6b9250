import Configuration
import Foundation
import SeqModel
import Tensors
import Testing

@testable import DVAE

/// Remedies against collapse, each held against its formula in double precision.
@Suite struct RemedyTests {
    private let grid = GridSize(2, 3)
    private let prior = UniformPrior(latentCount: 2, categoryCount: 3)
    private let logits: [[Double]] = [
        [3, 0, 0, 0, 2, 0], [0, 2, 0, 0.1, 0, 0], [0, 0, 1.5, 0, -1, 0.2],
    ]

    private func zero(_ latents: Variable, _ tape: Tape) -> Variable {
        Variable(constant: tape.arena.zeros(Shape(latents.shape[0])))
    }

    /// The loss and its gradient for rows of logits under f = 0, or a polynomial.
    private func run(
        _ objective: Objective, f: LatentFunction? = nil, step: Int = 0
    ) throws -> (bound: Bound, gradient: [Double]) {
        let tape = Tape.recording()
        let posterior = CategoricalGrid(
            logits: tape.leaf(logits.flatMap { $0 }, Shape(3, 2, 3)), on: tape)
        let bound = objective.bound(
            posterior: posterior, prior: prior, at: step, using: RandomStream(seed: 1, "bound"),
            on: tape, likelihood: f ?? zero)
        tape.backward(from: bound.loss)
        return (bound, doubles(try #require(tape.gradient(of: posterior.logits)).array))
    }

    private func objective(_ change: (inout Objective) -> Void) -> Objective {
        var objective = Objective()
        objective.estimator = Choice(ExactEnumeration())
        objective.klWeight = Ramp(0)
        objective.freeBits = 0
        change(&objective)
        return objective
    }

    /// Rows of logits from one flat list.
    private func rows(_ flat: [Double]) -> [[Double]] {
        (0..<3).map { Array(flat[$0 * 6..<($0 + 1) * 6]) }
    }

    /// The batch's mean posterior, D·K numbers.
    private func mean(_ flat: [Double]) -> [Double] {
        rows(flat).reduce([Double](repeating: 0, count: 6)) {
            added($0, scaled(grid.probabilities($1), by: 1.0 / 3))
        }
    }

    private func entropy(_ q: some Sequence<Double>) -> Double {
        q.reduce(0) { $0 - $1 * log($1) }
    }

    /// KL(mean_b q_b ‖ uniform), which a batch whose sentences differ can make 0 without losing what each says.
    @Test func aggregateKL() throws {
        let (bound, gradient) = try run(
            objective {
                $0.klTerm = .aggregate
                $0.klWeight = Ramp(0.7)
            })
        func loss(_ flat: [Double]) -> Double {
            let q = mean(flat)
            return 0.7 * (0..<2).reduce(0.0) { $0 + log(3) - entropy(q[grid.row($1)]) }
        }
        let flat = logits.flatMap { $0 }
        #expect(abs(Double(bound.loss.value[0]) - loss(flat)) < 1e-6)
        #expect(distance(gradient, centralDifferences(flat, of: loss)) < 1e-6)
        #expect(norm(gradient) > 0.02)
        // The bound's own KL is told, whichever is weighed.
        let kl = logits.reduce(0.0) { sum, row in
            let q = grid.probabilities(row)
            return sum + (2 * log(3) - entropy(q)) / 3
        }
        #expect(abs(Double(bound.kl) - kl) < 1e-6)
    }

    @Test func aggregateKLHasTheSameFloor() throws {
        let (bound, gradient) = try run(
            objective {
                $0.klTerm = .aggregate
                $0.klWeight = Ramp(0.5)
                $0.freeBits = 1
            })
        #expect(abs(bound.loss.value[0] - 1) < 1e-6)
        #expect(gradient.allSatisfy { $0 == 0 })
    }

    @Test func entropyBonus() throws {
        let (bound, gradient) = try run(objective { $0.entropyBonus = 0.4 })
        func loss(_ flat: [Double]) -> Double { -0.4 * entropy(mean(flat)) }
        let flat = logits.flatMap { $0 }
        #expect(abs(Double(bound.loss.value[0]) - loss(flat)) < 1e-6)
        #expect(distance(gradient, centralDifferences(flat, of: loss)) < 1e-6)
        #expect(norm(gradient) > 0.02)
    }

    @Test func uniformMix() throws {
        let polynomial = Polynomial(cells: 6, degree: 3, seed: 4)
        let (bound, gradient) = try run(
            objective {
                $0.uniformMix = 0.1
                $0.klWeight = Ramp(0.3)
            }, f: polynomial.latentFunction)
        func loss(_ flat: [Double]) -> Double {
            rows(flat).reduce(0.0) { sum, row in
                let q = grid.probabilities(row).map { 0.9 * $0 + 0.1 / 3 }
                let f = grid.mean(q) { [polynomial(grid.oneHot($0))] }[0]
                return sum + (0.3 * (2 * log(3) - entropy(q)) - f) / 3
            }
        }
        let flat = logits.flatMap { $0 }
        #expect(abs(Double(bound.loss.value[0]) - loss(flat)) < 1e-5)
        #expect(relativeError(gradient, centralDifferences(flat, of: loss)) < 1e-4)
    }

    /// A category that no example of the batch uses leaves numbers finite.
    @Test func aggregateOfCertainPosteriors() throws {
        let tape = Tape.recording()
        let posterior = CategoricalGrid(
            logits: tape.leaf([200, 0, 0, 0, 200, 0], Shape(2, 1, 3)), on: tape)
        let kl = posterior.aggregate(on: tape).klDivergenceToUniform(on: tape)
        tape.backward(from: kl)
        #expect(abs(Double(kl.value[0]) - (log(3) - log(2))) < 1e-6)
        let gradient = try #require(tape.gradient(of: posterior.logits)).array
        #expect(!gradient.contains { !$0.isFinite })
    }

    @Test func selectionLossCountsTheTermInForce() {
        var objective = objective { $0.klWeight = Ramp(from: 0, to: 0.5, steps: 10) }
        objective.freeBits = 0.25
        #expect(
            abs(objective.selectionLoss(reconstruction: -10, klPerLatent: [1, 0.1]) - 10.625)
                < 1e-12)
        objective.targetKL.bitsPerCode = 1
        // 3 nats against 2 bits.
        let loss = objective.selectionLoss(reconstruction: -10, klPerLatent: [1, 2])
        #expect(abs(loss - (13 - 2 * log(2))) < 1e-12)
        #expect(objective.selectionLoss(reconstruction: -10, klPerLatent: [0.5, 0.5]) == 10)
    }

    @Test func autoencoderHasNoKL() throws {
        let full = objective {
            $0.klWeight = Ramp(1)
            $0.entropyBonus = 1
            $0.targetKL.bitsPerCode = 1
        }
        let loss = try run(full.ofAutoencoder).bound.loss.value[0]
        #expect(loss == 0)
        let gradient = try run(full.ofAutoencoder).gradient
        #expect(gradient.allSatisfy { $0 == 0 })
    }
}

/// The controller of the KL weight.
@Suite struct TargetKLTests {
    private func target(_ bits: Float) -> TargetKL {
        var target = TargetKL()
        target.bitsPerCode = bits
        target.proportionalGain = 0.5
        target.integralGain = 0.25
        target.maximumWeight = 2
        return target
    }

    /// Two codes of 4 bits each in nats: errors and weights by hand.
    @Test func byHand() {
        var controller = KLController()
        let ln2 = log(2.0)
        // 8 bits on 2 latents against 2 bits a code: e = −2, I = 0.5, P = 0.5 / (1 + e⁻²).
        controller.update(kl: 8 * ln2, latentCount: 2, target: target(2))
        #expect(abs(controller.integral - 0.5) < 1e-12)
        #expect(abs(controller.weight - (0.5 + 0.5 / (1 + exp(-2)))) < 1e-12)
        // On target: e = 0, P = 0.25.
        controller.update(kl: 4 * ln2, latentCount: 2, target: target(2))
        #expect(abs(controller.weight - 0.75) < 1e-12)
        // Nothing carried: e = 2, I = 0, P = 0.5 / (1 + e²).
        controller.update(kl: 0, latentCount: 2, target: target(2))
        #expect(abs(controller.weight - 0.5 / (1 + exp(2))) < 1e-12)
    }

    @Test func doesNotWindUp() {
        var controller = KLController()
        for _ in 0..<1000 { controller.update(kl: 0, latentCount: 1, target: target(2)) }
        #expect(controller.weight == 0)
        for _ in 0..<1000 { controller.update(kl: 40, latentCount: 1, target: target(2)) }
        #expect(controller.weight == 2)
        // Back within a step of the limit, not after a thousand.
        controller.update(kl: 0, latentCount: 1, target: target(2))
        #expect(controller.weight < 2)
    }

    /// A posterior that pays for its KL settles where the target says: dKL/dt = reward − weight · KL.
    @Test func settles() {
        var controller = KLController()
        var target = TargetKL()
        target.bitsPerCode = 3
        var bits = 0.0
        for _ in 0..<20_000 {
            bits += 0.01 * (1 - controller.weight * bits)
            controller.update(kl: bits * log(2), latentCount: 1, target: target)
        }
        #expect(abs(bits - 3) < 0.05)
        #expect(abs(controller.weight - 1.0 / 3) < 0.02)
    }

    @Test func theObjectiveObeysIt() throws {
        var objective = Objective()
        objective.klWeight = Ramp(1)
        objective.freeBits = 0
        objective.targetKL = target(1)
        let state = try ObjectiveState(
            objective, latentCount: 1, categoryCount: 2, in: ParameterStore(.seed(1)).root)
        func loss() -> Bound {
            let tape = Tape.recording()
            let posterior = CategoricalGrid(
                logits: tape.leaf([8, 0], Shape(1, 1, 2)), on: tape)
            return objective.bound(
                posterior: posterior, prior: UniformPrior(latentCount: 1, categoryCount: 2), at: 0,
                using: RandomStream(seed: 1, "bound"), on: tape, state: state
            ) { latents, tape in Variable(constant: tape.arena.zeros(Shape(latents.shape[0]))) }
        }
        #expect(loss().klWeight == 0)
        #expect(loss().loss.value[0] == 0)
        state.note(kl: 3 * log(2), latentCount: 1, target: objective.targetKL)
        let bound = loss()
        #expect(bound.klWeight == Float(state.memory.controller.weight))
        #expect(abs(bound.loss.value[0] - bound.klWeight * bound.kl) < 1e-6)
        #expect(bound.kl > 0.6)
    }

    @Test func memoryComesBack() throws {
        var controller = KLController()
        for kl in [0.3, 4.7, 2.2, 9.1] {
            controller.update(kl: kl, latentCount: 3, target: target(1))
        }
        let again = try JSONDecoder().decode(
            KLController.self, from: JSONEncoder().encode(controller))
        #expect(again == controller)
        #expect(again.integral.bitPattern == controller.integral.bitPattern)
    }
}
