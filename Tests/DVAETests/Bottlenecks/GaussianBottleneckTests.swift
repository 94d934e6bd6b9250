import Foundation
import Tensors
import Testing

@testable import DVAE

@Suite struct GaussianBottleneckTests {
    private func bottleneck() throws -> (GaussianBottleneck, ParameterStore) {
        let store = ParameterStore(.seed(1))
        var config = GaussianBottleneck.Config()
        config.size = 3
        let sizes = BottleneckSizes(
            latentCount: 2, categoryCount: 4, featureSize: 5, embeddingSize: 4)
        return (try GaussianBottleneck(config, sizes, in: store.root), store)
    }

    /// KL per latent and its gradient, in double precision; 0 at the prior.
    @Test func divergence() {
        let values = normals(2 * 2 * 6, "parameters")
        let weights = normals(4, "weights")
        func kl(_ p: [Double]) -> [Double] {
            (0..<4).map { row in
                (0..<3).reduce(0) { sum, i in
                    let (mean, logVariance) = (p[row * 6 + i], p[row * 6 + 3 + i])
                    return sum + 0.5 * (mean * mean + exp(logVariance) - 1 - logVariance)
                }
            }
        }
        let tape = Tape.recording()
        let parameters = tape.leaf(values, Shape(2, 2, 6))
        let found = DiagonalGaussian(parameters: parameters).klDivergenceToNormal(on: tape)
        #expect(distance(doubles(found.value.array), kl(values)) < 1e-5)
        tape.backward(from: tape.weightedSum(found, weights))
        let exact = centralDifferences(values) { dot(kl($0), weights) }
        #expect(
            relativeError(doubles(tape.gradient(of: parameters)?.array ?? []), exact) < 1e-5)
        let zero = DiagonalGaussian(
            parameters: Variable(constant: tape.arena.zeros(Shape(1, 2, 6))))
        #expect(zero.klDivergenceToNormal(on: tape).value.array == [0, 0])
    }

    /// The draw's law and the path-wise gradient of it.
    @Test func draws() {
        let tape = Tape.recording()
        let rows = 100_000
        let p = (0..<rows).flatMap { _ in [1.5, log(0.25)] }
        let parameters = tape.leaf(p, Shape(rows, 1, 2))
        let z = DiagonalGaussian(parameters: parameters).sample(
            using: RandomStream(seed: 4, "draws"), on: tape)
        let values = doubles(z.value.array)
        let mean = values.reduce(0, +) / Double(rows)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows)
        #expect(abs(mean - 1.5) < 4 * 0.5 / Double(rows).squareRoot())
        #expect(abs(variance - 0.25) < 0.01)
        tape.backward(from: tape.sum(z))
        let gradient = doubles(tape.gradient(of: parameters)?.array ?? [])
        for row in 0..<5 {
            #expect(gradient[2 * row] == 1)
            #expect(abs(gradient[2 * row + 1] - (values[row] - 1.5) / 2) < 1e-6)
        }
    }

    /// The bound of a batch: one draw's likelihood, KL weighted and floored as the objective says.
    @Test func boundAndGradient() throws {
        let (bottleneck, store) = try bottleneck()
        var objective = Objective()
        objective.klWeight = Ramp(0.7)
        objective.freeBits = 0
        let features = normals(3 * 2 * 5, "features")
        func run(_ tape: Tape) -> (Bound, Variable) {
            let x = tape.leaf(tape.tensor(features, Shape(3, 2, 5)))
            let bound = bottleneck.bound(
                features: x, objective: objective, at: 0, using: RandomStream(seed: 3, "bound"),
                on: tape
            ) { embeddings, tape in tape.scale(tape.rowDot(embeddings, embeddings), by: -0.5) }
            return (bound, x)
        }
        let tape = Tape.recording()
        let (bound, x) = run(tape)
        tape.backward(from: bound.loss)
        #expect(bound.klPerLatent.count == 2)
        #expect(
            abs(bound.loss.value[0] - (-bound.reconstruction + 0.7 * bound.kl)) < 1e-4)
        // The same noise at every point: the loss is smooth in the weights.
        let weight = try #require(store.parameters.first { $0.name == "posterior.weight" })
        for place in [0, 17, 40] {
            let centre = weight.value[place]
            func loss(_ value: Float) -> Double {
                weight.value[place] = value
                let still = Tape.recording()
                defer { weight.value[place] = centre }
                return Double(run(still).0.loss.value[0])
            }
            let slope = (loss(centre + 0.01) - loss(centre - 0.01)) / 0.02
            #expect(abs(Double(weight.gradient[place]) - slope) < 2e-3 * max(1, abs(slope)))
        }
        #expect((tape.gradient(of: x)?.sumOfSquares() ?? 0) > 0)
    }

    @Test func freeBitsStopTheGradient() throws {
        let (bottleneck, store) = try bottleneck()
        var objective = Objective()
        objective.klWeight = Ramp(1)
        objective.freeBits = 100
        let tape = Tape.recording()
        let x = tape.leaf(tape.tensor(normals(30, "features"), Shape(3, 2, 5)))
        let bound = bottleneck.bound(
            features: x, objective: objective, at: 0, using: RandomStream(seed: 3, "bound"),
            on: tape
        ) { embeddings, tape in
            Variable(constant: tape.arena.zeros(Shape(embeddings.shape[0])))
        }
        tape.backward(from: bound.loss)
        #expect(bound.loss.value[0] == 200)
        let weight = store.parameters.first { $0.name == "posterior.weight" }
        #expect(weight?.gradient.sumOfSquares() == 0)
    }

    /// x = a z + ε with ε ~ N(0, s²) and z ~ N(0, 1), two such numbers beside each other: log p(x) is known, and with the
    /// true posterior every draw gives it.
    @Test func weightsOfALinearGaussian() {
        let (a, s2, x) = ([0.8, -1.7], [0.5, 0.2], [1.1, -0.4])
        func logNormal(_ x: Double, _ mean: Double, _ variance: Double) -> Double {
            -(log(2 * .pi * variance) + (x - mean) * (x - mean) / variance) / 2
        }
        let evidence = (0..<2).reduce(0) { $0 + logNormal(x[$1], 0, a[$1] * a[$1] + s2[$1]) }
        let rows = 20_000
        /// log p(x | z) + log p(z) − log q(z) of many draws, q off the true posterior by so much.
        func logWeights(shift: Double, stretch: Double) -> [Double] {
            let one = (0..<2).flatMap { i -> [Double] in
                let variance = 1 / (1 + a[i] * a[i] / s2[i])
                return [variance * a[i] * x[i] / s2[i] + shift, log(variance * stretch)]
            }
            let tape = Tape.recording()
            let posterior = DiagonalGaussian(
                parameters: tape.leaf((0..<rows).flatMap { _ in one }, Shape(rows, 2, 2)))
            let z = posterior.sample(using: RandomStream(seed: 8, "draws"), on: tape).value
            let ratios = posterior.logRatioToNormal(at: z)
            return (0..<rows).map { row in
                let likelihood = (0..<2).reduce(0.0) {
                    $0 + logNormal(x[$1], a[$1] * Double(z.pointer[row * 2 + $1]), s2[$1])
                }
                return likelihood - ratios[row]
            }
        }
        let perfect = logWeights(shift: 0, stretch: 1)
        #expect(perfect.allSatisfy { abs($0 - evidence) < 1e-5 })
        // Wider than the posterior, so that the weights are bounded: their mean is p(x), that of their logs is below.
        let poor = logWeights(shift: 0.2, stretch: 1.8)
        let mean = poor.reduce(0) { $0 + exp($1) } / Double(rows)
        #expect(abs(log(mean) - evidence) < 0.02)
        let bound = poor.reduce(0, +) / Double(rows)
        #expect(bound < evidence - 0.1)
    }

    @Test func samplesDependOnTheRowAlone() throws {
        let (bottleneck, _) = try bottleneck()
        let arena = Arena()
        func sample(_ rows: Int) -> [Float] {
            bottleneck.sample(
                rowCount: rows, random: { RandomStream(seed: 1, "prior").stream($0) }, in: arena
            ).array
        }
        #expect(sample(3) == Array(sample(50).prefix(18)))
    }

    /// Independent of x: no information; means far apart: at least what tells them apart.
    @Test func mutualInformation() {
        let tape = Tape.recording()
        func information(_ means: [Double], logVariance: Double) -> Double {
            var statistics = GaussianStatistics()
            let rows = means.flatMap { [$0, logVariance] }
            statistics.add(
                DiagonalGaussian(parameters: tape.leaf(rows, Shape(means.count, 1, 2))))
            return statistics.mutualInformation[0]
        }
        #expect(information([0.3, 0.3, 0.3], logVariance: -1) < 1e-6)
        // Var = 1 + e^−2, entropy difference ½ ln(1 + e²).
        let found = information([-1, 1], logVariance: -2)
        #expect(abs(found - 0.5 * log(1 + exp(2.0))) < 1e-5)
    }
}
