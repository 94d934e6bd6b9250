import Configuration
import Foundation
import Tensors
import Testing

@testable import DVAE

@Suite struct FactorisedPriorTests {
    private let size = GridSize(2, 3)

    private func prior(_ logits: [Double]) throws -> FactorisedPrior {
        let prior = try FactorisedPrior(
            CodeGrid(latentCount: 2, categoryCount: 3), in: ParameterStore(.seed(1)).root)
        _ = prior.logits.value.buffer.update(fromContentsOf: logits.map(Float.init))
        prior.logits.valueDidChange()
        return prior
    }

    /// KL summed over latents, by enumeration of the codes.
    private func divergence(_ posterior: [Double], _ prior: [Double]) -> Double {
        let (q, p) = (size.probabilities(posterior), size.probabilities(prior))
        return size.mean(q) {
            [log(size.probability(of: $0, q)) - log(size.probability(of: $0, p))]
        }[0]
    }

    @Test func divergenceByEnumeration() throws {
        let (theta, phi) = (normals(6, "posterior"), normals(6, "prior"))
        let prior = try prior(phi)
        prior.logits.clearGradient()
        let tape = Tape.recording()
        let logits = tape.leaf(theta, Shape(1, 2, 3))
        let kl = prior.klDivergence(from: CategoricalGrid(logits: logits, on: tape), on: tape)
        let found = doubles(kl.value.array).reduce(0, +)
        #expect(abs(found - divergence(theta, phi)) < 1e-6)
        tape.backward(from: kl)
        let toPosterior = centralDifferences(theta) { divergence($0, phi) }
        let toPrior = centralDifferences(phi) { divergence(theta, $0) }
        #expect(relativeError(doubles(tape.gradient(of: logits)?.array ?? []), toPosterior) < 1e-5)
        #expect(relativeError(doubles(prior.logits.gradient.array), toPrior) < 1e-5)
    }

    @Test func isUniformAtFirst() throws {
        let prior = try prior([Double](repeating: 0, count: 6))
        let tape = Tape.recording()
        let posterior = tape.posterior(normals(6, "logits"), size, batch: 2)
        let uniform = posterior.klDivergenceToUniform(on: tape).value.array
        let found = prior.klDivergence(from: posterior, on: tape).value.array
        #expect(distance(doubles(found), doubles(uniform)) < 1e-6)
    }

    @Test func logProbabilityAndItsGradient() throws {
        let phi = normals(6, "prior")
        let prior = try prior(phi)
        prior.logits.clearGradient()
        let codes = try Codes(
            validating: size.codes.map { $0.map(Int.init) }, latentCount: 2, categoryCount: 3)
        let total = prior.logProbability(of: codes).reduce(0.0) { $0 + exp(Double($1)) }
        #expect(abs(total - 1) < 1e-6)
        let weights = normals(9, "weights")
        let tape = Tape.recording()
        tape.backward(from: tape.weightedSum(prior.logProbability(of: codes, on: tape), weights))
        let exact = centralDifferences(phi) { phi in
            let p = size.probabilities(phi)
            return dot(size.codes.map { log(size.probability(of: $0, p)) }, weights)
        }
        #expect(relativeError(doubles(prior.logits.gradient.array), exact) < 1e-5)
    }

    @Test(arguments: [1, 0.5]) func samplingLaw(temperature: Float) throws {
        let phi = normals(6, "prior")
        let codes = try prior(phi).sample(rowCount: 100_000, temperature: temperature) {
            RandomStream(seed: 3, "prior").stream($0)
        }
        var counts = [Int](repeating: 0, count: 9)
        for row in 0..<codes.rowCount { counts[Int(codes[row, 0]) * 3 + Int(codes[row, 1])] += 1 }
        let p = size.probabilities(scaled(phi, by: 1 / Double(temperature)))
        let law = size.codes.map { size.probability(of: $0, p) }
        #expect(chiSquareTail(chiSquare(counts, law), degreesOfFreedom: 8) > 1e-4)
    }

    @Test func fitsCounts() throws {
        let prior = try prior(normals(6, "prior"))
        prior.fit(counts: [9, 0, 0, 4, 4, 1])
        let code = try Codes(validating: [[0, 2]], latentCount: 2, categoryCount: 3)
        let expected = log(10.0 / 12) + log(2.0 / 12)
        #expect(abs(Double(prior.logProbability(of: code)[0]) - expected) < 1e-6)
    }

    /// VIMCO weighs its draws by this prior: its bound less KL is log mean p(x, z)/q(z) of the draws it asked about, and
    /// at klWeight 1 the prior's gradient is Σ_j w̃_j ∂log p(z_j)/∂φ.
    @Test func vimcoUsesIt() throws {
        let (theta, phi) = (normals(6, "posterior"), normals(6, "prior"))
        let prior = try prior(phi)
        prior.logits.clearGradient()
        var objective = Objective()
        var vimco = Vimco()
        vimco.sampleCount = 3
        objective.estimator = Choice(vimco)
        objective.klWeight = Ramp(1)
        objective.freeBits = 0
        let f = Polynomial(cells: 6, degree: 2, seed: 2)
        let capture = Capture()
        let tape = Tape.recording()
        let bound = objective.bound(
            posterior: tape.posterior(theta, size, batch: 1), prior: prior, at: 0,
            using: RandomStream(seed: 5, "bound"), on: tape,
            likelihood: capture.wrap(f.latentFunction, like: tape))
        tape.backward(from: bound.loss)
        let (q, p) = (size.probabilities(theta), size.probabilities(phi))
        let draws = capture.latents.map { z in
            (0..<2).map { d in Int32(z[size.row(d)].firstIndex(of: 1).map { $0 - 3 * d } ?? 0) }
        }
        #expect(draws.count == 3)
        let weights = draws.map { z in
            exp(f(size.oneHot(z))) * size.probability(of: z, p) / size.probability(of: z, q)
        }
        let total = weights.reduce(0, +)
        #expect(abs(Double(bound.loss.value[0]) + log(total / 3)) < 1e-5)
        var gradient = [Double](repeating: 0, count: 6)
        for (z, weight) in zip(draws, weights) {
            gradient = added(
                gradient, scaled(zip(size.oneHot(z), p).map { $0 - $1 }, by: -weight / total))
        }
        #expect(relativeError(doubles(prior.logits.gradient.array), gradient) < 1e-4)
    }
}
