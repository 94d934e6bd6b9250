import Configuration
import Foundation
import Tensors
import Testing

@testable import DVAE

@Suite struct ObjectiveTests {
    private let grid = GridSize(2, 3)
    private let prior = UniformPrior(latentCount: 2, categoryCount: 3)

    private func objective(
        _ estimator: any GradientEstimator = ExactEnumeration(), klWeight: Ramp, freeBits: Float
    ) -> Objective {
        var objective = Objective()
        objective.estimator = Choice(estimator)
        objective.klWeight = klWeight
        objective.freeBits = freeBits
        return objective
    }

    private func zero(_ latents: Variable, _ tape: Tape) -> Variable {
        Variable(constant: tape.arena.zeros(Shape(latents.shape[0])))
    }

    /// Latent 0 is sharp in every example; latent 1 is sharp in the first only, so that its mean stays below a floor of
    /// 0.5 although one example exceeds it.
    private let logits: [[Double]] = [
        [5, 0, 0, 0, 4, 0], [0, 4, 0, 0.1, 0, 0], [0, 0, 3, 0, 0, 0.2],
    ]

    /// KL of each latent of a row of logits.
    private func kl(_ logits: [Double]) -> [Double] {
        (0..<2).map { latent in
            softmax(Array(logits[grid.row(latent)])).reduce(log(3.0)) { $0 + $1 * log($1) }
        }
    }

    @Test func lossAndItsParts() throws {
        let (klWeight, freeBits) = (Ramp(from: 0, to: 0.8, steps: 100), Float(0.5))
        let tape = Tape.recording()
        let posterior = CategoricalGrid(
            logits: tape.leaf(logits.flatMap { $0 }, Shape(3, 2, 3)), on: tape)
        let f = Polynomial(cells: 6, degree: 2, seed: 1)
        let bound = objective(klWeight: klWeight, freeBits: freeBits).bound(
            posterior: posterior, prior: prior, at: 25, using: RandomStream(seed: 1, "bound"),
            on: tape, likelihood: f.latentFunction)
        let divergences = logits.map(kl)
        let mean = (0..<2).map { d in divergences.reduce(0) { $0 + $1[d] } / 3 }
        #expect(mean[0] > 0.5 && mean[1] < 0.5 && divergences[0][1] > 0.5)
        let reconstruction = logits.reduce(0.0) { sum, row in
            sum + grid.mean(grid.probabilities(row)) { [f(grid.oneHot($0))] }[0] / 3
        }
        #expect(bound.klWeight == 0.2)
        #expect(distance(doubles(bound.klPerLatent), mean) < 1e-6)
        #expect(abs(Double(bound.kl) - mean[0] - mean[1]) < 1e-6)
        #expect(abs(Double(bound.reconstruction) - reconstruction) < 1e-5)
        #expect(abs(Double(bound.elbo) - (reconstruction - mean[0] - mean[1])) < 1e-5)
        // The floor counts, the mean below it does not.
        let loss = -reconstruction + 0.2 * (mean[0] + 0.5)
        #expect(abs(Double(bound.loss.value[0]) - loss) < 1e-5)
    }

    @Test func belowTheFloorThereIsNoGradient() throws {
        let tape = Tape.recording()
        let posterior = CategoricalGrid(
            logits: tape.leaf(logits.flatMap { $0 }, Shape(3, 2, 3)), on: tape)
        let bound = objective(klWeight: Ramp(0.7), freeBits: 0.5).bound(
            posterior: posterior, prior: prior, at: 0, using: RandomStream(seed: 1, "bound"),
            on: tape, likelihood: zero)
        tape.backward(from: bound.loss)
        let gradient = doubles(try #require(tape.gradient(of: posterior.logits)).array)
        for (example, row) in logits.enumerated() {
            let slope = centralDifferences(row) { 0.7 / 3 * kl($0)[0] }
            let got = Array(gradient[example * 6..<(example + 1) * 6])
            #expect(distance(got, slope) < 1e-6)
            #expect(got[3...].allSatisfy { $0 == 0 })
            #expect(norm(got) > 1e-3)
        }
    }

    @Test func withoutAFloorEveryLatentPays() throws {
        let tape = Tape.recording()
        let posterior = CategoricalGrid(
            logits: tape.leaf(logits.flatMap { $0 }, Shape(3, 2, 3)), on: tape)
        let bound = objective(klWeight: Ramp(1), freeBits: 0).bound(
            posterior: posterior, prior: prior, at: 0, using: RandomStream(seed: 1, "bound"),
            on: tape, likelihood: zero)
        tape.backward(from: bound.loss)
        #expect(abs(bound.loss.value[0] + bound.elbo) < 1e-6)
        let gradient = doubles(try #require(tape.gradient(of: posterior.logits)).array)
        let slope = logits.flatMap { row in
            centralDifferences(row) { kl($0).reduce(0, +) / 3 }
        }
        #expect(distance(gradient, slope) < 1e-6)
    }

    @Test func aNaNReachesTheLoss() {
        let tape = Tape.recording()
        let posterior = CategoricalGrid(
            logits: tape.leaf([.nan, 0, 0, 0, 1, 2], Shape(1, 2, 3)), on: tape)
        let bound = objective(ReinMax(), klWeight: Ramp(1), freeBits: 0.5).bound(
            posterior: posterior, prior: prior, at: 0, using: RandomStream(seed: 1, "bound"),
            on: tape, likelihood: zero)
        #expect(bound.loss.value[0].isNaN)
        #expect(bound.kl.isNaN)
    }

    /// A whole small model: features → posterior → embeddings → tanh → log-likelihood.
    private func run(_ features: [Double], batch: Int) throws
        -> (terms: [Double], gradients: [(name: String, values: [Double])])
    {
        let store = ParameterStore(.seed(5))
        let vae = try DiscreteVAE(
            latentCount: 2, categoryCount: 3, featureSize: 4, codeEmbeddingSize: 2, in: store.root)
        let weight = try store.root.parameter(
            "weight", Shape(1, 4), .normal(standardDeviation: 1))
        let tape = Tape.recording()
        let x = Variable(constant: tape.tensor(features, Shape(batch, 2, 4)))
        let posterior = vae.posterior(x, on: tape)
        let bound = objective(klWeight: Ramp(0.5), freeBits: 0.05).bound(
            posterior: posterior, prior: vae.prior, at: 0, using: RandomStream(seed: 1, "bound"),
            on: tape
        ) { latents, tape in
            tape.linear(tape.activation(.tanh, vae.embed(latents, on: tape)), weight: weight)
                .reshaped(Shape(batch))
        }
        tape.backward(from: bound.loss)
        let terms = [bound.loss.value[0], bound.reconstruction, bound.kl] + bound.klPerLatent
        return (
            doubles(terms),
            store.parameters.map { ($0.name, $0.hasGradient ? doubles($0.gradient.array) : []) }
        )
    }

    @Test func repeatingTheBatchChangesNothing() throws {
        let features = normals(3 * 2 * 4, "features").map { 2 * $0 }
        let once = try run(features, batch: 3)
        let twice = try run(features + features, batch: 6)
        #expect(distance(once.terms, twice.terms) < 1e-6)
        #expect(once.terms.allSatisfy { abs($0) > 0.05 })
        for (a, b) in zip(once.gradients, twice.gradients) {
            #expect(norm(a.values) > 1e-3, "\(a.name)")
            #expect(relativeError(b.values, a.values) < 1e-5, "\(a.name)")
        }
    }
}
