import Configuration
import Foundation
import SeqModel
import Tensors
import Testing

@testable import DVAE

@Suite struct AutoregressivePriorTests {
    private let size = GridSize(3, 3)

    /// A small prior with logits far from even, so that a law that is not its own is noticed.
    private func prior(
        _ layer: CausalStackKind, seed: UInt64 = 1
    ) throws -> (prior: AutoregressivePrior, store: ParameterStore) {
        var config = AutoregressivePrior.Config()
        (config.layer, config.hiddenSize, config.layerCount) = (layer, 16, 2)
        let store = ParameterStore(.seed(seed))
        let prior = try AutoregressivePrior(
            config, CodeGrid(latentCount: 3, categoryCount: 3), in: store.root)
        let head = try #require(store.parameters.first { $0.name == "head.weight" })
        head.value.assign(3, times: head.value)
        head.valueDidChange()
        return (prior, store)
    }

    private var codes: Codes {
        get throws {
            try Codes(
                validating: size.codes.map { $0.map(Int.init) }, latentCount: 3, categoryCount: 3)
        }
    }

    @Test(arguments: CausalStackKind.allCases)
    func probabilitiesSumToOne(layer: CausalStackKind) throws {
        let logs = try prior(layer).prior.logProbability(of: codes).map(Double.init)
        #expect(abs(logs.reduce(0) { $0 + exp($1) } - 1) < 1e-5)
        #expect((logs.max() ?? 0) - (logs.min() ?? 0) > 1)
    }

    /// Drawn latent after latent by the state, scored all at once: one law.
    @Test(arguments: CausalStackKind.allCases, [1, 0.6] as [Float])
    func samplingLaw(layer: CausalStackKind, temperature: Float) throws {
        let prior = try prior(layer).prior
        let drawn = prior.sample(rowCount: 30_000, temperature: temperature) {
            RandomStream(seed: 3, "prior").stream($0)
        }
        var counts = [Int](repeating: 0, count: 27)
        for row in 0..<drawn.rowCount { counts[drawn[row].reduce(0) { $0 * 3 + Int($1) }] += 1 }
        // p(z) from the marginals: p(z_d | z₍<d₎) is a quotient of sums over the codes that begin alike.
        let p = try prior.logProbability(of: codes).map { exp(Double($0)) }
        let law = size.codes.map { code -> Double in
            (0..<3).reduce(1.0) { product, d in
                let weights = (0..<3).map { k -> Double in
                    let begin = Array(code.prefix(d)) + [Int32(k)]
                    let total = zip(size.codes, p).reduce(0) {
                        Array($1.0.prefix(d + 1)) == begin ? $0 + $1.1 : $0
                    }
                    return pow(total, 1 / Double(temperature))
                }
                // The common factor p(z₍<d₎) cancels.
                return product * weights[Int(code[d])] / weights.reduce(0, +)
            }
        }
        #expect(chiSquareTail(chiSquare(counts, law), degreesOfFreedom: 26) > 1e-4)
    }

    @Test(arguments: CausalStackKind.allCases)
    func aRowDoesNotDependOnHowManyAreDrawn(layer: CausalStackKind) throws {
        let prior = try prior(layer).prior
        func sample(_ rows: Int) -> [Int32] {
            prior.sample(rowCount: rows) { RandomStream(seed: 3, "prior").stream($0) }.values
        }
        #expect(sample(7) == Array(sample(600).prefix(21)))
    }

    /// Relaxed latents: Σ_k z_dk e_dk in, Σ_k z_dk log p out, with gradients to latents and parameters.
    @Test(arguments: CausalStackKind.allCases)
    func gradients(layer: CausalStackKind) throws {
        let (prior, store) = try prior(layer)
        let weights = normals(6, "weights")
        var z = (0..<6).flatMap { softmax(normals(3, "z\($0)")) }.map(Float.init)
        func value(on tape: Tape, _ latents: Variable) -> Variable {
            tape.weightedSum(
                prior.conditionals(
                    of: latents, using: RandomStream(seed: 1, "unused"), on: tape), weights)
        }
        func scalar() -> Double {
            let still = Tape(arena: Arena(), isRecording: false)
            return Double(
                value(on: still, Variable(constant: still.tensor(doubles(z), Shape(2, 3, 3))))
                    .value[0])
        }
        for parameter in store.parameters { parameter.clearGradient() }
        let tape = Tape(arena: Arena(), isRecording: true, isTraining: false)
        let latents = tape.leaf(doubles(z), Shape(2, 3, 3))
        tape.backward(from: value(on: tape, latents))
        let gradient = try #require(tape.gradient(of: latents))
        func slope(_ set: (Float) -> Void, at centre: Float) -> Double {
            let step: Float = 0.02
            defer { set(centre) }
            set(centre + step)
            let above = scalar()
            set(centre - step)
            return (above - scalar()) / (2 * Double(step))
        }
        for place in 0..<18 {
            let exact = slope({ z[place] = $0 }, at: z[place])
            #expect(abs(Double(gradient[place]) - exact) < 0.01 * max(1, abs(exact)))
        }
        for parameter in store.parameters {
            let exact = slope(
                {
                    parameter.value[0] = $0
                    parameter.valueDidChange()
                }, at: parameter.value[0])
            #expect(
                abs(Double(parameter.gradient[0]) - exact) < 0.01 * max(1, abs(exact)),
                "\(parameter.name)")
        }
    }

    /// The bound with enumeration: −E_q[log p(x | z)] + w Σ_d KL_d with KL = E_q[log q − log p], and its gradient.
    @Test(arguments: [0.3, 1] as [Float]) func theBoundIsExact(weight: Float) throws {
        let (prior, store) = try prior(.gru)
        let theta = normals(9, "posterior")
        let f = Polynomial(cells: 9, degree: 2, seed: 3)
        let log = try prior.logProbability(of: codes).map(Double.init)
        func loss(_ theta: [Double]) -> Double {
            let q = size.probabilities(theta)
            return zip(size.codes, log).reduce(0) { sum, code in
                let probability = size.probability(of: code.0, q)
                return sum
                    - probability
                    * (f(size.oneHot(code.0)) + Double(weight)
                        * (code.1 - Foundation.log(probability)))
            }
        }
        var objective = Objective()
        objective.estimator = Choice(ExactEnumeration())
        objective.klWeight = Ramp(weight)
        // No latent is below it, whatever the draw.
        objective.freeBits = -100
        for parameter in store.parameters { parameter.clearGradient() }
        let tape = Tape(arena: Arena(), isRecording: true, isTraining: false)
        let logits = tape.leaf(theta, Shape(1, 3, 3))
        let bound = objective.bound(
            posterior: CategoricalGrid(logits: logits, on: tape), prior: prior, at: 0,
            using: RandomStream(seed: 5, "bound"), on: tape, likelihood: f.latentFunction)
        tape.backward(from: bound.loss)
        #expect(abs(Double(bound.loss.value[0]) - loss(theta)) < 1e-4)
        let exact = centralDifferences(theta, of: loss)
        #expect(relativeError(doubles(tape.gradient(of: logits)?.array ?? []), exact) < 1e-4)
        // The prior's own gradient: −w E_q[∂log p(z)], here for a bias of the first latent: p − q there.
        let bias = try #require(store.parameters.first { $0.name == "head.bias" })
        let q = size.probabilities(theta)
        let first = (0..<3).map { k in
            zip(size.codes, log).reduce(0.0) { $1.0[0] == Int32(k) ? $0 + exp($1.1) : $0 }
        }
        let own = (0..<3).map { Double(weight) * (first[$0] - q[$0]) }
        #expect(distance(doubles(Array(bias.gradient.array[0..<3])), own) < 1e-5)
    }

    /// An estimator that draws what the prior's term drew sees the likelihood alone; a latent below the floor pulls nothing.
    @Test func theTermKeepsTheSizeOfTheLikelihood() throws {
        let (prior, store) = try prior(.gru)
        let f = Polynomial(cells: 9, degree: 2, seed: 3)
        func run(freeBits: Float) -> (Bound, [Float]) {
            for parameter in store.parameters { parameter.clearGradient() }
            var objective = Objective()
            objective.klWeight = Ramp(0.5)
            objective.freeBits = freeBits
            let capture = Capture()
            let tape = Tape(arena: Arena(), isRecording: true, isTraining: false)
            let bound = objective.bound(
                posterior: tape.posterior(normals(9, "posterior"), size, batch: 4), prior: prior,
                at: 0, using: RandomStream(seed: 5, "bound"), on: tape,
                likelihood: capture.wrap(f.latentFunction, like: tape))
            tape.backward(from: bound.loss)
            return (bound, capture.latents.first ?? [])
        }
        let (bound, z) = run(freeBits: 0)
        let likelihood = (0..<4).reduce(0.0) {
            $0 + f(doubles(Array(z[$1 * 9..<($1 + 1) * 9]))) / 4
        }
        #expect(abs(Double(bound.reconstruction) - likelihood) < 1e-5)
        let start = try #require(store.parameters.first { $0.name == "start" })
        #expect(start.gradient.sumOfSquares() > 0)
        _ = run(freeBits: 50)
        #expect(!start.hasGradient || start.gradient.sumOfSquares() == 0)
    }
}
