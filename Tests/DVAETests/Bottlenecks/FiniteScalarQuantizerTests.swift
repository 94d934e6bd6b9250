import Foundation
import Tensors
import Testing

@testable import DVAE

@Suite struct FiniteScalarQuantizerTests {
    private func quantizer(
        _ levels: [Int], latents: Int = 2
    ) throws -> (FiniteScalarQuantizer, ParameterStore) {
        var config = FiniteScalarQuantizer.Config()
        config.levels = levels
        let store = ParameterStore(.seed(1))
        let sizes = BottleneckSizes(
            latentCount: latents, categoryCount: levels.reduce(1, *), featureSize: 5,
            embeddingSize: 4)
        return (try FiniteScalarQuantizer(config, sizes, in: store.root), store)
    }

    /// A number that a level rounds to index i: the inverse of u, at the middle of the step.
    private func preimage(_ level: FiniteScalarQuantizer.Level, _ index: Int) -> Float {
        let u = Double(index - level.count / 2)
        let inside = (u + Double(level.offset)) / Double(level.half)
        // The outermost steps end beyond what tanh reaches.
        return Float(atanh(min(max(inside, -0.9999), 0.9999)))
    }

    /// Codes and vectors are one to one, and every code can be reached.
    @Test(arguments: [[8, 5, 5, 5], [8, 4], [2, 2, 2], [7, 3], [16]])
    func codesAndVectorsAreOneToOne(levels: [Int]) throws {
        let (quantizer, _) = try quantizer(levels)
        let count = levels.reduce(1, *)
        var seen: Set<[Float]> = []
        for code in 0..<Int32(count) {
            let values = quantizer.values(of: code)
            #expect(seen.insert(values).inserted)
            var rest = Int(code)
            let x = quantizer.levels.map { level -> Float in
                defer { rest /= level.count }
                return preimage(level, rest % level.count)
            }
            #expect(quantizer.code(of: x) == code)
        }
        #expect(seen.count == count)
    }

    @Test(arguments: 2...9) func levelsAreSymmetric(count: Int) {
        let level = FiniteScalarQuantizer.Level(count)
        let values = (0..<count).map(level.value)
        #expect(values.first == -1 && values.last == 1)
        for (value, mirrored) in zip(values, values.reversed()) { #expect(value == -mirrored) }
        // Nothing lies beyond the outermost levels, and 0 in the middle: at a level, or between two.
        #expect(level.index(-1e4) == 0 && level.index(1e4) == count - 1)
        #expect(level.index(1e-3) == count / 2 && level.index(-1e-3) == (count - 1) / 2)
    }

    /// Backwards, rounding is the identity: the slope is that of the bounded number itself.
    @Test func slopeIsThatOfTheBound() {
        for count in [2, 5, 8] {
            let level = FiniteScalarQuantizer.Level(count)
            for x in [-1.5, -0.3, 0, 0.4, 2] {
                let exact = centralDifferences([x]) { x in
                    Double(level.half) * tanh(x[0]) * 2 / Double(count - 1)
                }
                #expect(abs(Double(level.slope(Float(x))) - exact[0]) < 1e-5)
            }
        }
    }

    /// What training sees at a draw is what decoding makes of its code.
    @Test func trainingAndUseAgree() throws {
        let (quantizer, _) = try quantizer([8, 4], latents: 3)
        let tape = Tape.recording()
        let features = tape.leaf(tape.tensor(normals(7 * 3 * 5, "features"), Shape(7, 3, 5)))
        var seen: [Float] = []
        let bound = quantizer.bound(
            features: features, objective: Objective(), at: 0,
            using: RandomStream(seed: 1, "bound"), on: tape
        ) { embeddings, tape in
            seen = embeddings.value.array
            return tape.rowDot(embeddings, embeddings)
        }
        #expect(seen == quantizer.embeddings(of: features, on: tape).array)
        tape.backward(from: bound.loss)
        #expect((tape.gradient(of: features)?.sumOfSquares() ?? 0) > 0)
        #expect(bound.kl == 0 && bound.klPerLatent.isEmpty && bound.terms.isEmpty)
    }

    @Test func levelsMustMakeTheCategories() {
        var config = FiniteScalarQuantizer.Config()
        #expect(config.problems(latentCount: 2, categoryCount: 32).isEmpty)
        #expect(
            config.problems(latentCount: 2, categoryCount: 16)
                == [
                    "levels: got [8, 4], whose product is 32, want one of category_count = 16"
                ])
        config.levels = [1 << 40, 1 << 40]
        #expect(config.problems(latentCount: 2, categoryCount: 16).count == 1)
        config.levels = []
        #expect(config.problems(latentCount: 2, categoryCount: 16).count == 1)
    }
}
