import Configuration
import Foundation
import Testing

@testable import DVAE

@Suite struct ObjectiveCodingTests {
    private var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = .sortedKeys
        return encoder
    }

    private var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    @Test(arguments: try Variant.all())
    func estimatorsComeBack(variant: Variant) throws {
        var objective = Objective()
        objective.estimator = Choice(variant.estimator)
        objective.klWeight = Ramp(from: 0.1, to: 0.7, steps: 11)
        objective.freeBits = 0.25
        let data = try encoder.encode(objective)
        let back = try decoder.decode(Objective.self, from: data)
        #expect(back == objective)
        #expect(back.estimator.type == variant.type)
        #expect(Swift.type(of: back.estimator.component) == Swift.type(of: variant.estimator))
        #expect(try encoder.encode(back) == data)
    }

    @Test func keysAreSnakeCase() throws {
        var objective = Objective()
        var exact = ExactEnumeration()
        exact.maximumCodes = 99
        objective.estimator = Choice(exact)
        objective.klWeight = Ramp(from: 0, to: 0.5, steps: 3000)
        #expect(
            String(decoding: try encoder.encode(objective), as: UTF8.self)
                == #"{"entropy_bonus":0,"#
                + #""estimator":{"maximum_codes":99,"type":"exact"},"free_bits":1,"kl_term":"posterior","#
                + #""kl_weight":{"cycles":1,"end":0.5,"ratio":1,"shape":"linear","start":0,"steps":3000},"#
                + #""target_kl":{"bits_per_code":0,"integral_gain":0.0005,"maximum_weight":2,"#
                + #""proportional_gain":0.01},"uniform_mix":0}"#)
    }

    @Test func numbersStandForConstants() throws {
        let json =
            #"{"estimator":{"type":"reinmax","temperature":1.3},"free_bits":0,"kl_weight":1,"#
            + #""kl_term":"aggregate","uniform_mix":0.01,"entropy_bonus":2,"#
            + #""target_kl":{"bits_per_code":2,"integral_gain":0.001,"maximum_weight":1,"proportional_gain":0.1}}"#
        let objective = try decoder.decode(Objective.self, from: Data(json.utf8))
        #expect(objective.klWeight == Ramp(1))
        #expect(objective.klTerm == .aggregate)
        #expect(objective.targetKL.bitsPerCode == 2)
        #expect((objective.estimator.component as? ReinMax)?.temperature == Ramp(1.3))
    }

    @Test func differentObjectivesDiffer() {
        let base = Objective()
        var changed = base
        var reinmax = ReinMax()
        reinmax.temperature = Ramp(1.25)
        changed.estimator = Choice(reinmax)
        #expect(changed != base)
        changed = base
        changed.estimator = Choice(StraightThrough())
        #expect(changed != base)
        changed = base
        changed.freeBits = 0.5
        #expect(changed != base)
        #expect(base == Objective())
    }

    @Test func anUnknownTypeNamesTheKnownOnes() {
        let error = #expect(throws: ConfigurationError.self) {
            try decoder.decode(
                Choice<EstimatorKind>.self, from: Data(#"{"type": "rienmax"}"#.utf8))
        }
        #expect(
            error?.description == #"unknown estimator "rienmax" (did you mean "reinmax"?); known: "#
                + EstimatorKind.builtIn.types.joined(separator: ", "))
        let far = #expect(throws: ConfigurationError.self) {
            try decoder.decode(Choice<EstimatorKind>.self, from: Data(#"{"type": "zzzzzz"}"#.utf8))
        }
        #expect(
            far?.description.hasPrefix(#"unknown estimator "zzzzzz"; known: reinmax, "#) == true)
    }

    @Test func problemsAreAllNamed() {
        var objective = Objective()
        #expect(objective.problems(latentCount: 4, categoryCount: 8).isEmpty)
        objective.klWeight = Ramp(from: -1, to: .nan, steps: -1)
        objective.freeBits = .infinity
        objective.targetKL.bitsPerCode = 3.5
        objective.uniformMix = 0.9
        objective.entropyBonus = -1
        var reinmax = ReinMax()
        reinmax.temperature = Ramp(from: 1, to: 0.5, steps: 10)
        objective.estimator = Choice(reinmax)
        let keys = objective.problems(latentCount: 4, categoryCount: 8).map {
            $0.prefix { $0 != ":" }
        }
        #expect(
            keys == [
                "kl_weight.start", "kl_weight.end", "kl_weight.steps", "free_bits",
                "target_kl.bits_per_code", "uniform_mix", "entropy_bonus",
                "estimator.temperature.end",
            ])
    }
}
