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
        #expect(
            json
                == #"{"cycles":1,"end":0.5,"ratio":1,"shape":"linear","start":0.5,"steps":0}"#)
    }

    /// Fu et al.'s schedule: T = 40, M = 4, R = ½; each cycle rises for 5 steps and rests for 5.
    @Test func cycles() {
        let ramp = Ramp(from: 0, to: 1, steps: 40, cycles: 4, ratio: 0.5)
        let cycle: [Float] = [0, 0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1, 1]
        let values = (0..<45).map(ramp.value)
        for (step, value) in values.enumerated() {
            #expect(abs(value - (step < 40 ? cycle[step % 10] : 1)) < 1e-6, "step \(step)")
        }
        #expect(values[10] == 0 && values[30] == 0 && values[44] == 1)
    }

    @Test func exponential() {
        let ramp = Ramp(from: 1, to: 0.0625, steps: 4, shape: .exponential)
        #expect((0...5).map(ramp.value) == [1, 0.5, 0.25, 0.125, 0.0625, 0.0625])
        let cyclic = Ramp(from: 1, to: 0.25, steps: 8, shape: .exponential, cycles: 2, ratio: 0.5)
        #expect((0..<8).map(cyclic.value) == [1, 0.5, 0.25, 0.25, 1, 0.5, 0.25, 0.25])
    }

    @Test func problemsName() {
        var ramp = Ramp(from: 0, to: 1, steps: 10, shape: .exponential)
        #expect(ramp.problems("x", 0...1).map { $0.prefix { $0 != ":" } } == ["x.shape"])
        ramp.start = 0.1
        #expect(ramp.problems("x", 0...1).isEmpty)
        ramp.cycles = 0
        ramp.ratio = 0
        #expect(
            ramp.problems("x", 0...1).map { $0.prefix { $0 != ":" } } == ["x.cycles", "x.ratio"])
    }
}
