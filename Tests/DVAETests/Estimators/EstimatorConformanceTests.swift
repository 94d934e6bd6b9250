import Foundation
import Tensors
import Testing

@testable import DVAE

/// What every registered estimator must do on the tape.
@Suite struct EstimatorConformanceTests {
    static let grid = GridSize(2, 3)
    static let draws = 20_000

    /// Values `[draws]` and gradients of the logits `[draws, D, K]` of many independent estimates.
    private func estimates(
        _ estimator: any GradientEstimator, _ f: Polynomial, _ logits: [Double], seed: UInt64,
        draws: Int = Self.draws
    ) throws -> (values: [Float], gradients: [Float]) {
        let tape = Tape.recording()
        let posterior = tape.posterior(logits, Self.grid, batch: draws)
        let result = estimator.expectation(
            of: f.latentFunction, under: posterior, at: 1_000_000,
            using: RandomStream(seed: seed, "estimates"), on: tape)
        #expect(result.shape == Shape(draws))
        tape.backward(from: result)
        return (result.value.array, try #require(tape.gradient(of: posterior.logits)).array)
    }

    /// Mean and standard error of each of `columns` numbers.
    private func moments(_ rows: [Float], columns: Int) -> (mean: [Double], error: [Double]) {
        let count = Double(rows.count / columns)
        var (sum, squares) = ([Double](repeating: 0, count: columns), [Double]())
        squares = sum
        for (index, value) in rows.enumerated() {
            sum[index % columns] += Double(value)
            squares[index % columns] += Double(value) * Double(value)
        }
        let mean = scaled(sum, by: 1 / count)
        let error = zip(squares, mean).map { square, mean in
            (max(0, square / count - mean * mean) / count).squareRoot()
        }
        return (mean, error)
    }

    @Test(arguments: Variant.defaults)
    func meanGradientAgainstEnumeration(variant: Variant) throws {
        var (within, coordinates) = (0, 0)
        var (bias, size) = (0.0, 0.0)
        for seed in UInt64(1)...12 {
            let f = Polynomial(cells: Self.grid.cells, degree: 3, seed: seed)
            let logits = normals(Self.grid.cells, "logits", seed: seed)
            let exact = variant.target(
                of: { f(Self.grid.oneHot($0)) }, logits: logits, grid: Self.grid
            ).gradient
            let (mean, error) = moments(
                try estimates(variant.estimator, f, logits, seed: seed).gradients,
                columns: Self.grid.cells)
            for (index, truth) in exact.enumerated() {
                // Rounding, for an estimator that has no noise.
                within += abs(mean[index] - truth) <= 4 * error[index] + 1e-5 ? 1 : 0
                coordinates += 1
            }
            bias += dot(added(mean, scaled(exact, by: -1)), added(mean, scaled(exact, by: -1)))
            size += dot(exact, exact)
        }
        let relativeBias = (bias / size).squareRoot()
        if variant.isUnbiased {
            #expect(Double(within) >= 0.99 * Double(coordinates), "\(within) of \(coordinates)")
        } else {
            print("\(variant.type): relative bias \(relativeBias) for cubic f, D=2 K=3")
            #expect(relativeBias < 1)
            // The test can tell bias from noise.
            #expect(Double(within) < 0.99 * Double(coordinates))
        }
    }

    @Test(arguments: Variant.defaults)
    func valueEstimatesTheExpectation(variant: Variant) throws {
        for seed in UInt64(1)...6 {
            let f = Polynomial(cells: Self.grid.cells, degree: 3, seed: seed)
            let logits = normals(Self.grid.cells, "logits", seed: seed)
            let tape = Tape(arena: Arena(), isRecording: false)
            let posterior = tape.posterior(logits, Self.grid, batch: Self.draws)
            let capture = Capture()
            let values = variant.estimator.expectation(
                of: capture.wrap(f.latentFunction, like: tape), under: posterior, at: 0,
                using: RandomStream(seed: seed, "values"), on: tape
            ).value.array
            if let relaxed = capture.latents.first, relaxed.contains(where: { $0 > 0 && $0 < 1 }) {
                // f at the very sample it was shown.
                for example in 0..<100 {
                    let z = doubles(
                        Array(relaxed[example * Self.grid.cells..<(example + 1) * Self.grid.cells]))
                    #expect(abs(Double(values[example]) - f(z)) <= 1e-5 * (1 + abs(f(z))))
                }
            } else {
                let (mean, error) = moments(values, columns: 1)
                let truth = variant.target(
                    of: { f(Self.grid.oneHot($0)) }, logits: logits, grid: Self.grid
                ).value
                #expect(abs(mean[0] - truth) <= 4.5 * error[0] + 1e-5)
            }
        }
    }

    @Test(arguments: try Variant.all())
    func sameStreamSameBits(variant: Variant) throws {
        let f = Polynomial(cells: Self.grid.cells, degree: 3, seed: 5)
        let logits = normals(Self.grid.cells, "logits", seed: 5)
        func run(_ seed: UInt64) throws -> [UInt32] {
            let (values, gradients) = try estimates(
                variant.estimator, f, logits, seed: seed, draws: 50)
            return (values + gradients).map(\.bitPattern)
        }
        #expect(try run(1) == run(1))
        // Exact enumeration draws nothing; everything else must depend on the stream.
        #expect(try (run(1) == run(2)) == (variant.type == ExactEnumeration.type))
    }

    @Test(arguments: try Variant.all())
    func eachExampleHasItsOwnShareOfTheLoss(variant: Variant) throws {
        let weights = normals(7, "weights")
        let f = Polynomial(cells: Self.grid.cells, degree: 2, seed: 5)
        let logits = normals(Self.grid.cells, "logits", seed: 5)
        func gradient(_ weights: [Double]) throws -> [Double] {
            let tape = Tape.recording()
            let posterior = tape.posterior(logits, Self.grid, batch: weights.count)
            let result = variant.estimator.expectation(
                of: f.latentFunction, under: posterior, at: 0,
                using: RandomStream(seed: 2, "shares"), on: tape)
            tape.backward(from: tape.weightedSum(result, weights))
            return doubles(try #require(tape.gradient(of: posterior.logits)).array)
        }
        let plain = try gradient(weights.map { _ in 1 })
        let shared = plain.enumerated().map { weights[$0.offset / Self.grid.cells] * $0.element }
        #expect(relativeError(try gradient(weights), shared) <= 1e-5)
    }

    @Test(arguments: try Variant.all())
    func rowsOfTheGradientSumToZero(variant: Variant) throws {
        let f = Polynomial(cells: Self.grid.cells, degree: 3, seed: 6)
        let logits = normals(Self.grid.cells, "logits", seed: 6)
        let gradients = try estimates(variant.estimator, f, logits, seed: 3, draws: 200).gradients
        // The scale of what is subtracted: |f| for the score-function family, |g| for the others, over τ.
        let scale = 50 / min(1, variant.temperature ?? 0.5)
        for row in 0..<gradients.count / Self.grid.categories {
            let sum = (0..<Self.grid.categories).reduce(0.0) {
                $0 + Double(gradients[row * Self.grid.categories + $1])
            }
            #expect(abs(sum) <= 1e-6 * scale)
        }
    }

    @Test(arguments: try Variant.all())
    func anythingAddedToALatentsLogitsChangesNothing(variant: Variant) throws {
        let f = Polynomial(cells: Self.grid.cells, degree: 3, seed: 7)
        // Multiples of 1/64, so that adding 2 loses nothing.
        let logits = normals(Self.grid.cells, "logits", seed: 7).map { ($0 * 64).rounded() / 64 }
        let base = try estimates(variant.estimator, f, logits, seed: 4, draws: 200).gradients
        let shifted = try estimates(
            variant.estimator, f, logits.map { $0 + 2 }, seed: 4, draws: 200
        ).gradients
        // Noise is added to the shifted logits, and its rounding is magnified by a small τ.
        let tolerance = 1e-5 / min(1, variant.temperature ?? 0.5)
        #expect(relativeError(doubles(shifted), doubles(base)) <= tolerance)
    }

    /// log-likelihood of a small decoder: codebook, tanh, linear.
    private struct Decoder {
        let codebook, weight: Parameter

        init(seed: UInt64) throws {
            let scope = ParameterStore(.seed(seed)).root
            let normal = Initializer.normal(standardDeviation: 1)
            codebook = try scope.parameter("codebook", Shape(2, 3, 4), normal)
            weight = try scope.parameter("weight", Shape(1, 8), normal)
        }

        var latentFunction: LatentFunction {
            { latents, tape in
                let batch = latents.shape[0]
                let hidden = tape.activation(
                    .tanh, tape.groupedLinear(latents, weight: codebook))
                return tape.linear(hidden.reshaped(Shape(batch, 8)), weight: weight)
                    .reshaped(Shape(batch))
            }
        }

        /// The gradients of both parameters; nil when none arrived.
        var gradients: [Double]? {
            codebook.hasGradient && weight.hasGradient
                ? doubles(codebook.gradient.array + weight.gradient.array) : nil
        }
    }

    /// How much of the gradient of what f depends on each draw gives, example by example.
    private func shares(
        of draws: [(latents: [Float], values: [Double])], by variant: Variant,
        _ probabilities: [Double]
    ) -> [[Double]] {
        let grid = Self.grid
        func probability(_ draw: (latents: [Float], values: [Double]), _ example: Int) -> Double {
            (0..<grid.cells).reduce(1) {
                draw.latents[example * grid.cells + $1] == 1 ? $0 * probabilities[$1] : $0
            }
        }
        return draws.map { draw in
            draw.values.indices.map { example in
                switch variant.estimator {
                case is ExactEnumeration: return probability(draw, example)
                case is Vimco:
                    let weights = (draws + [draw]).map {
                        exp($0.values[example]) / probability($0, example)
                    }
                    return weights[draws.count] / weights.dropLast().reduce(0, +)
                default: return 1 / Double(draws.count)
                }
            }
        }
    }

    @Test(arguments: try Variant.all())
    func parametersOfFSeeTheMeanOverTheDraws(variant: Variant) throws {
        let batch = 5
        let weights = normals(batch, "weights")
        let logits = normals(Self.grid.cells, "logits", seed: 8)
        let decoder = try Decoder(seed: 1)
        let tape = Tape.recording()
        let capture = Capture()
        let result = variant.estimator.expectation(
            of: capture.wrap(decoder.latentFunction, like: tape),
            under: tape.posterior(logits, Self.grid, batch: batch), at: 0,
            using: RandomStream(seed: 9, "decoder"), on: tape)
        tape.backward(from: tape.weightedSum(result, weights))

        // The same by hand: the draws as constants, each with its share.
        let reference = try Decoder(seed: 1)
        let draws = capture.latents.map { latents in
            let again = Tape.recording()
            let z = again.tensor(doubles(latents), Shape(batch, 2, 3))
            return (
                latents: latents, tape: again,
                value: reference.latentFunction(Variable(constant: z), again)
            )
        }
        let shares = shares(
            of: draws.map { ($0.latents, doubles($0.value.value.array)) }, by: variant,
            Self.grid.probabilities(logits))
        for (draw, share) in zip(draws, shares) {
            draw.tape.backward(
                from: draw.tape.weightedSum(draw.value, zip(weights, share).map { $0 * $1 }))
        }
        let got = try #require(decoder.gradients)
        let wanted = try #require(reference.gradients)
        #expect(norm(wanted) > 0.1)
        #expect(relativeError(got, wanted) <= 1e-5)
    }

    @Test func exactEnumerationHasTheTrueValueAndGradient() throws {
        for grid in [GridSize(1, 5), GridSize(2, 3), GridSize(4, 2), GridSize(4, 8)] {
            let f = Polynomial(cells: grid.cells, degree: grid.cells > 10 ? 2 : 3, seed: 3)
            let logits = normals(grid.cells, "logits", seed: 3)
            let tape = Tape.recording()
            let posterior = tape.posterior(logits, grid, batch: 1)
            let result = ExactEnumeration().expectation(
                of: f.latentFunction, under: posterior, at: 0,
                using: RandomStream(seed: 0, "unused"), on: tape)
            tape.backward(from: result)
            let gradient = doubles(try #require(tape.gradient(of: posterior.logits)).array)
            let truth = grid.mean(grid.probabilities(logits)) { [f(grid.oneHot($0))] }
            #expect(abs(Double(result.value[0]) - truth[0]) <= 1e-5 * (1 + abs(truth[0])))
            let exact = grid.exactGradient(logits) { f(grid.oneHot($0)) }
            #expect(relativeError(gradient, exact) <= 1e-5)
        }
    }

    /// A sentence has a log-likelihood of about −100 nats, far from 0: the common part must not drown the slope.
    @Test func exactEnumerationStandsAFarOffset() throws {
        let grid = GridSize(4, 8)
        let f = Polynomial(cells: grid.cells, degree: 1, seed: 4)
        let logits = normals(grid.cells, "logits", seed: 4)
        let tape = Tape.recording()
        let posterior = tape.posterior(logits, grid, batch: 1)
        let result = ExactEnumeration().expectation(
            of: { latents, tape in
                let offset = tape.arena.tensor(Shape(1))
                offset[0] = -1000
                return tape.add(f.latentFunction(latents, tape), Variable(constant: offset))
            }, under: posterior, at: 0, using: RandomStream(seed: 0, "unused"), on: tape)
        tape.backward(from: result)
        let gradient = doubles(try #require(tape.gradient(of: posterior.logits)).array)
        let exact = grid.exactGradient(logits) { f(grid.oneHot($0)) }
        #expect(relativeError(gradient, exact) <= 1e-4)
    }

    @Test(arguments: EstimatorKind.builtIn.entries.map(\.type))
    func registrationIsComplete(type: String) throws {
        let entry = try EstimatorKind.builtIn.entry(type)
        let estimator = entry.makeDefault()
        #expect(Swift.type(of: estimator).type == type)
        #expect(!entry.summary.isEmpty)
        #expect(EstimatorKind.builtIn.types.filter { $0 == type }.count == 1)
        #expect(estimator.problems(latentCount: 2, categoryCount: 3).isEmpty)
    }
}
