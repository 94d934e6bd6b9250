import Foundation
import Testing

@testable import DVAE

@Suite struct RampTests {
    @Test func values() {
        let ramp = Ramp(from: 1, to: 0.5, steps: 4)
        #expect(
            [0, 1, 2, 3, 4, 5, 1_000_000].map(ramp.value) == [1, 0.875, 0.75, 0.625, 0.5, 0.5, 0.5])
        #expect([0, 1, .max].map(Ramp(0.3).value) == [0.3, 0.3, 0.3])
        #expect([0, 1].map(Ramp(from: 0, to: 2, steps: 1).value) == [0, 2])
    }

    @Test func numberOrObject() throws {
        func decode(_ json: String) throws -> Ramp {
            try JSONDecoder().decode(Ramp.self, from: Data(json.utf8))
        }
        #expect(try decode("0.25") == Ramp(0.25))
        #expect(
            try decode(#"{"start": 0, "end": 0.3, "steps": 3000}"#)
                == Ramp(from: 0, to: 0.3, steps: 3000))
        for wrong in [
            #""0.25""#, #"{"start": 0, "end": 1}"#, "[1]", "null",
            #"{"start": 0, "end": 1, "steps": 0.5}"#,
        ] {
            #expect(throws: DecodingError.self) { try decode(wrong) }
        }
    }

    @Test func encodesEveryKey() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(decoding: try encoder.encode(Ramp(0.5)), as: UTF8.self)
        #expect(json == #"{"end":0.5,"start":0.5,"steps":0}"#)
    }
}
