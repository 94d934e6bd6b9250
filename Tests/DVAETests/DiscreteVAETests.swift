import Configuration
import Foundation
import Tensors
import Testing

@testable import DVAE

@Suite struct DiscreteVAETests {
    private func model(_ source: ParameterStore.Source, _ latents: Int, _ categories: Int) throws
        -> (DiscreteVAE, ParameterStore)
    {
        let store = ParameterStore(source)
        let vae = try DiscreteVAE(
            latentCount: latents, categoryCount: categories, featureSize: 6, codeEmbeddingSize: 5,
            in: store.root)
        return (vae, store)
    }

    @Test func lookupEqualsTheProductWithOneHots() throws {
        let (vae, _) = try model(.seed(1), 3, 4)
        let codes = try Codes(
            validating: [[0, 1, 2], [3, 3, 3], [2, 0, 1]], latentCount: 3, categoryCount: 4)
        let tape = Tape(arena: Arena(), isRecording: false)
        let product = vae.embed(Variable(constant: codes.oneHot(in: tape.arena)), on: tape)
        let lookup = vae.embed(codes, in: tape.arena)
        #expect(product.shape == Shape(3, 15))
        #expect(lookup.shape == product.shape)
        #expect(lookup.array == product.value.array)
        #expect(lookup.sumOfSquares() > 1)
    }

    @Test func startsWithoutPrejudice() throws {
        let (vae, _) = try model(.seed(2), 4, 8)
        let tape = Tape(arena: Arena(), isRecording: false)
        let features = tape.tensor(normals(50 * 4 * 6, "features"), Shape(50, 4, 6))
        var statistics = LatentStatistics(latentCount: 4, categoryCount: 8)
        statistics.add(vae.posterior(Variable(constant: features), on: tape))
        #expect(statistics.klPerLatent.allSatisfy { $0 > 0 && $0 < 0.5 })
    }

    /// D=4 K=8 and D=8 K=4 have the same number of cells; a file of one must not load as the other.
    @Test func aFileOfAnotherGridIsRefused() throws {
        struct Mismatch: Error {}
        let (_, written) = try model(.seed(1), 4, 8)
        func read(_ name: String, _ shape: Shape) throws -> UnsafeBufferPointer<Float> {
            guard let found = written.parameters.first(where: { $0.name == name }),
                found.shape == shape
            else { throw Mismatch() }
            return UnsafeBufferPointer(found.value.buffer)
        }
        let (_, again) = try model(.values(read), 4, 8)
        #expect(again.parameters.map(\.value.array) == written.parameters.map(\.value.array))
        #expect(throws: Mismatch.self) { try model(.values(read), 8, 4) }
    }

    // MARK: the bound against log p(x) by enumeration, D=4 K=8: 4096 codes

    private let grid = GridSize(4, 8)

    /// log p(x | z) for one x: pairs of latents interact, so no factorised posterior is exact.
    private let likelihood = Polynomial(cells: 32, degree: 2, seed: 4)

    /// ln of p(x) and, for each code, of p(x, z).
    private var joint: (evidence: Double, terms: [Double]) {
        let terms = grid.codes.map { likelihood(grid.oneHot($0)) / 4 - 4 * log(8.0) }
        let largest = terms.max() ?? 0
        return (largest + log(terms.reduce(0) { $0 + exp($1 - largest) }), terms)
    }

    private func scaledLikelihood(_ latents: Variable, _ tape: Tape) -> Variable {
        tape.scale(likelihood.latentFunction(latents, tape), by: 0.25)
    }

    private func bound(_ logits: [Double]) -> (elbo: Double, loss: Double) {
        var objective = Objective()
        objective.estimator = Choice(ExactEnumeration())
        objective.klWeight = Ramp(1)
        objective.freeBits = 0
        let tape = Tape(arena: Arena(), isRecording: false)
        let bound = objective.bound(
            posterior: tape.posterior(logits, grid, batch: 1),
            prior: UniformPrior(latentCount: 4, categoryCount: 8), at: 0,
            using: RandomStream(seed: 1, "unused"), on: tape, likelihood: scaledLikelihood)
        return (Double(bound.elbo), Double(bound.loss.value[0]))
    }

    @Test func boundPlusDivergenceToThePosteriorIsTheEvidence() {
        let (evidence, terms) = joint
        for seed in UInt64(1)...3 {
            let logits = normals(32, "logits", seed: seed)
            let q = grid.probabilities(logits)
            var (elbo, divergence) = (0.0, 0.0)
            for (code, term) in zip(grid.codes, terms) {
                let probability = grid.probability(of: code, q)
                elbo += probability * (term - log(probability))
                divergence += probability * (log(probability) - (term - evidence))
            }
            #expect(divergence > 0.01)
            #expect(abs(elbo + divergence - evidence) <= 1e-9)
            // The library's bound, in single precision.
            let bound = bound(logits)
            #expect(abs(bound.elbo - elbo) <= 1e-5)
            #expect(abs(bound.elbo + divergence - evidence) <= 1e-5)
            #expect(abs(bound.loss + bound.elbo) <= 1e-5)
        }
    }

    @Test func boundIsTightAtTheTruePosterior() {
        // A likelihood without interactions has a factorised posterior: its own linear coefficients.
        let likelihood = Polynomial(cells: 32, degree: 1, seed: 6)
        let terms = grid.codes.map { likelihood(grid.oneHot($0)) - 4 * log(8.0) }
        let evidence = log(terms.reduce(0) { $0 + exp($1) })
        var objective = Objective()
        objective.estimator = Choice(ExactEnumeration())
        let tape = Tape(arena: Arena(), isRecording: false)
        let bound = objective.bound(
            posterior: tape.posterior(likelihood.linear, grid, batch: 1),
            prior: UniformPrior(latentCount: 4, categoryCount: 8), at: 0,
            using: RandomStream(seed: 1, "unused"), on: tape,
            likelihood: likelihood.latentFunction)
        #expect(abs(Double(bound.elbo) - evidence) <= 1e-5)
    }

    /// log mean of k weights p(x, z)/q(z): from the bound (k = 1) up to log p(x).
    @Test func importanceWeightedBoundsRiseToTheEvidence() {
        let (evidence, terms) = joint
        let logits = normals(32, "logits", seed: 1)
        let draws = 1 << 16
        let tape = Tape(arena: Arena(), isRecording: false)
        let posterior = tape.posterior(logits, grid, batch: draws)
        let codes = posterior.sample(using: RandomStream(seed: 2, "weights"), on: tape)
        let prior = UniformPrior(latentCount: 4, categoryCount: 8)
        let logWeights = zip(
            posterior.logProbability(of: codes), prior.logProbability(of: codes)
        ).enumerated().map { row, logs in
            let index = codes[row].reduce(0) { $0 * 8 + Int($1) }
            return terms[index] + 4 * log(8.0) + Double(logs.1) - Double(logs.0)
        }
        let bounds = [1, 4, 16, 64, 256].map { k in
            let groups = stride(from: 0, to: draws, by: k).map { start -> Double in
                let group = logWeights[start..<start + k]
                let largest = group.max() ?? 0
                return largest + log(group.reduce(0) { $0 + exp($1 - largest) } / Double(k))
            }
            return groups.reduce(0, +) / Double(groups.count)
        }
        #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 })
        #expect(abs(bounds[0] - bound(logits).elbo) < 0.05)
        #expect(bounds.allSatisfy { $0 < evidence + 0.01 })
        #expect(evidence - bounds[4] < 0.25 * (evidence - bounds[0]))
    }
}
