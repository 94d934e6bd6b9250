// Not @testable: this file sees what a user of the library sees.
import Configuration
import DVAE
import Foundation
import RealModule
import Tensors
import Testing

/// An estimator by rule, conformed outside the library: the score function with a first-order baseline (DARN).
private struct Darn: PathwiseEstimator, Equatable {
    static let type = "darn"
    static let summary = "score function with a first-order baseline"
    static let isUnbiased = false
    static let isRelaxed = false
    var temperature = Ramp(1)

    func addGradient<Scalar: Real & BinaryFloatingPoint>(
        of row: LatentRow<Scalar>, g: UnsafePointer<Scalar>, temperature: Scalar,
        to out: UnsafeMutablePointer<Scalar>
    ) {
        row.softmax(noisy: false, temperature: temperature)
        var mean: Scalar = 0
        for k in 0..<row.categoryCount { mean += row.space[k] * g[k] }
        for k in 0..<row.categoryCount {
            out[k] +=
                (g[row.drawn] - mean) * ((k == row.drawn ? 1 : 0) - row.probabilities[k])
        }
    }
}

/// One that evaluates f its own way: at the posterior's mode, whatever the gradient.
private struct ModeOnly: GradientEstimator, Equatable {
    static let type = "mode_only"
    static let summary = "f at the mode"
    static let isUnbiased = false
    var scaleOfValue: Float = 2

    func expectation(
        of f: LatentFunction, under posterior: CategoricalGrid, at step: Int,
        using random: RandomStream, on tape: Tape
    ) -> Variable {
        let mode = posterior.mode().oneHot(in: tape.arena)
        return tape.scale(f(Variable(constant: mode), tape), by: scaleOfValue)
    }

    func problems(latentCount: Int, categoryCount: Int) -> [String] { [] }
}

@Suite struct ExternalEstimatorTests {
    private let registry = EstimatorKind.builtIn
        .adding(.init(Darn.self) { $0 }).adding(.init(ModeOnly.self) { $0 })

    private var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.userInfo[Choice<EstimatorKind>.registryKey] = registry
        return decoder
    }

    @Test func addingLeavesTheBuiltInRegistryAlone() {
        #expect(registry.types == EstimatorKind.builtIn.types + ["darn", "mode_only"])
        #expect(!EstimatorKind.builtIn.types.contains("darn"))
    }

    @Test func registeredEstimatorsDecodeAndEncode() throws {
        let json = #"{"type": "mode_only", "scale_of_value": 3}"#
        let choice = try decoder.decode(Choice<EstimatorKind>.self, from: Data(json.utf8))
        #expect((choice.component as? ModeOnly)?.scaleOfValue == 3)
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = .sortedKeys
        #expect(
            String(decoding: try encoder.encode(choice), as: UTF8.self)
                == #"{"scale_of_value":3,"type":"mode_only"}"#)
    }

    @Test func othersDoNotKnowThem() {
        #expect(throws: ConfigurationError.self) {
            try JSONDecoder().decode(
                Choice<EstimatorKind>.self, from: Data(#"{"type": "darn"}"#.utf8))
        }
    }

    @Test func registeredEstimatorsTrain() throws {
        for entry in registry.entries.suffix(2) {
            var objective = Objective()
            objective.estimator = Choice(entry.makeDefault())
            objective.klWeight = Ramp(1)
            objective.freeBits = 0
            let arena = Arena()
            let tape = Tape(arena: arena, isRecording: true)
            let logits = arena.zeros(Shape(3, 2, 4))
            for index in 0..<logits.count { logits[index] = Float(index % 5) / 3 }
            let posterior = CategoricalGrid(logits: tape.leaf(logits), on: tape)
            let bound = objective.bound(
                posterior: posterior, prior: UniformPrior(latentCount: 2, categoryCount: 4), at: 0,
                using: RandomStream(seed: 1, "external"), on: tape
            ) { latents, tape in
                tape.linear(
                    latents.reshaped(Shape(3, 8)), weight: ones(1, 8)
                ).reshaped(Shape(3))
            }
            tape.backward(from: bound.loss)
            let gradient = try #require(tape.gradient(of: posterior.logits))
            #expect(gradient.sumOfSquares() > 0)
            #expect(bound.elbo == bound.reconstruction - bound.kl)
            #expect(bound.reconstruction == (entry.type == "darn" ? 2 : 4))
        }
    }

    private func ones(_ rows: Int, _ columns: Int) -> Parameter {
        let parameter = Parameter(name: "ones", shape: Shape(rows, columns))
        parameter.value.fill(1)
        parameter.valueDidChange()
        return parameter
    }
}
