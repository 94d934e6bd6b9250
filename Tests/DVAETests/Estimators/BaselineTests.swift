import Configuration
import Foundation
import Testing

@testable import DVAE

@Suite struct BaselineTests {
    @Test(arguments: [
        ("125", Baseline.constant(125)), ("-7.5", .constant(-7.5)), (#""none""#, .constant(0)),
        (#""batch""#, .batch), (#""mode""#, .mode),
        (#""moving_average""#, .movingAverage), (#""learned""#, .learned),
    ])
    func isANumberOrAName(json: String, baseline: Baseline) throws {
        let estimator = try decodeEstimator(
            #"{"type": "reinforce", "baseline": \#(json), "baseline_decay": 0.9, "baseline_size": 8, "#
                + #""normalizes_variance": true}"#)
        #expect((estimator as? Reinforce)?.baseline == baseline)
        let again = try JSONDecoder().decode(
            Baseline.self, from: JSONEncoder().encode(baseline))
        #expect(again == baseline)
    }

    @Test func namesTheKnownOnes() {
        let error = #expect(throws: ConfigurationError.self) {
            try decodeEstimator(#"{"type": "reinforce", "baseline": "bacth"}"#)
        }
        #expect(
            error?.description == "unknown baseline \"bacth\" (did you mean \"batch\"?); known: "
                + "none, batch, mode, moving_average, learned, a number")
    }

    @Test func constantsAreWrittenAsNumbers() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let choice = Choice<EstimatorKind>(Reinforce())
        #expect(
            String(decoding: try encoder.encode(choice), as: UTF8.self)
                == #"{"baseline":0,"baselineDecay":0.95,"baselineSize":64,"normalizesVariance":false,"type":"reinforce"}"#
        )
    }
}
