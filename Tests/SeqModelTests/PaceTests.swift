import Foundation
import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// How far along its sentence a step stands.
@Suite struct PaceTests {
    private static func sizes(_ parts: Int, code: Int = 3) -> DecoderCondition.Sizes {
        .init(vector: 1, codeCount: parts + 1, code: code, lengthCodeCount: 1)
    }

    @Test func withoutCodesOfLengthThereIsNone() {
        #expect(Pace(.init(vector: 1, codeCount: 8, code: 3), featureCount: 8) == nil)
    }

    @Test(arguments: [([5, 3, 3, 1], 0), ([1, 1], 7)]) func features(
        lengths: [Int], first: Int
    ) throws {
        let pace = try #require(Pace(Self.sizes(6), featureCount: 8))
        let packing = Packing(lengths: lengths)
        let arena = Arena()
        let logLengths = sampleValues(lengths.count, seed: 2).map { $0 + 2 }
        let found = pace(
            arena.tensor(Shape(lengths.count), logLengths), packing: packing, from: first,
            in: arena)
        var wanted: [Double] = []
        for time in 0..<packing.maximumLength {
            for row in 0..<packing.rows(at: time) {
                let x = (Double(first + time) + 0.5) / exp(logLengths[row])
                for i in 0..<4 {
                    let angle = x * 1.5 * pow(6, Double(i) / 3)
                    wanted += [cos(angle), sin(angle)].map { $0 * 2.0.squareRoot() }
                }
            }
        }
        expectClose(found.array.map { Double($0) }, wanted, relative: 1e-5)
    }

    /// Nonsense gives features, not NaN.
    @Test(arguments: [-1e30, 1e30, -Float.infinity, Float.infinity]) func noLengthIsTooOdd(
        logLength: Float
    ) throws {
        let pace = try #require(Pace(Self.sizes(6), featureCount: 8))
        let arena = Arena()
        let value = arena.tensor(Shape(1))
        value[0] = logLength
        let features = pace(value, packing: Packing(lengths: [40]), in: arena)
        #expect(features.array.allSatisfy { abs($0) <= 1.4143 })
    }

    /// Each place in the sentence is nearest to the part it lies in.
    @Test(arguments: [2, 16, 64, 126], [8, 32, 64]) func placesFindTheirPart(
        parts: Int, features: Int
    ) {
        let places = Pace.places(partCount: parts, featureCount: features)
        #expect(places.count == parts && places.allSatisfy { $0.count == features })
        for (part, place) in places.enumerated() {
            let scores = places.map { zip($0, place).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
            for (other, score) in scores.enumerated() where other != part {
                #expect(score < scores[part] - 0.05, "\(part), \(other)")
            }
        }
    }

    /// A fresh layer of attention looks where the sentence stands.
    @Test func attentionBeginsAtTheRightPlace() throws {
        let (width, slots, size, heads) = (12, 9, 64, 2)
        let root = ParameterStore(.seed(5)).root
        let sizes = Self.sizes(slots - 1, code: slots)
        let layer = try CodeAttention(
            width: width, codes: sizes, size: size, headCount: heads, in: root)
        for parameter in [layer.query.weight, layer.key.weight] {
            parameter.set([Double](repeating: 0, count: parameter.shape.count))
        }
        layer.query.bias?.set([Double](repeating: 0, count: size))
        // The value of code d is the d-th unit vector, in both heads.
        layer.value.weight.set(
            (0..<size * slots).map { $0 / slots % (size / heads) == $0 % slots ? 1 : 0 })
        let tape = Tape(arena: Arena(), isRecording: false)
        let codes = tape.arena.zeros(Shape(1, slots * slots))
        for slot in 0..<slots { codes.pointer[slot * slots + slot] = 1 }
        let pace = try #require(Pace(sizes, featureCount: size / heads))
        let logLength = tape.arena.tensor(Shape(1), [log(16.0)])
        let packing = Packing(lengths: [16])
        let context = layer(
            Variable(constant: tape.arena.zeros(Shape(16, width))),
            memory: layer.memory(Variable(constant: codes), on: tape),
            pace: Variable(constant: pace(logLength, packing: packing, in: tape.arena)),
            packing: packing, on: tape
        ).value
        for time in 0..<16 {
            let weights = (0..<slots).map { context.pointer[time * size + $0] }
            #expect(weights.indices.max { weights[$0] < weights[$1] } == 1 + time / 2)
        }
    }
}
