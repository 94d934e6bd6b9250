import Foundation
import Tensors
import Testing

@testable import DVAE

@Suite struct VectorQuantizerTests {
    private func quantizer(
        stages: Int = 1, _ change: (inout CodebookConfig) -> Void = { _ in }
    ) throws -> (quantizer: VectorQuantizer, store: ParameterStore) {
        var config = CodebookConfig()
        (config.size, config.update, config.commitment) = (3, .gradient, 0.25)
        change(&config)
        let store = ParameterStore(.seed(1))
        let sizes = BottleneckSizes(
            latentCount: 2, categoryCount: 4, featureSize: 5, embeddingSize: 6)
        return (
            try VectorQuantizer(config, stageCount: stages, sizes, in: store.root), store
        )
    }

    private func features(on tape: Tape) -> Variable {
        tape.leaf(tape.tensor(normals(3 * 2 * 5, "features"), Shape(3, 2, 5)))
    }

    private func bound(
        _ quantizer: VectorQuantizer, _ features: Variable, on tape: Tape,
        seen: (Variable) -> Void = { _ in }
    ) -> Bound {
        quantizer.bound(
            features: features, objective: Objective(), at: 0,
            using: RandomStream(seed: 2, "bound"), on: tape
        ) { embeddings, tape in
            seen(embeddings)
            return tape.rowDot(embeddings, embeddings)
        }
    }

    /// Training sees the embeddings of the codes that use gives.
    @Test(arguments: [1, 3]) func trainingAndUseAgree(stages: Int) throws {
        let (quantizer, _) = try quantizer(stages: stages) { $0.update = .frozen }
        let tape = Tape.recording()
        let features = features(on: tape)
        var seen: [Float] = []
        _ = bound(quantizer, features, on: tape) { seen = $0.value.array }
        #expect(quantizer.grid == CodeGrid(latentCount: 2 * stages, categoryCount: 4))
        #expect(seen == quantizer.embeddings(of: features, on: tape).array)
        let posterior = quantizer.posterior(features, on: tape)
        // All mass on one code: no entropy, every draw the mode.
        #expect(posterior.entropy(on: tape).array.allSatisfy { $0 == 0 })
        #expect(
            posterior.sample(using: RandomStream(seed: 1, "draw"), on: tape) == posterior.mode())
        let kl = posterior.klDivergenceToUniform(on: tape).value.array
        #expect(kl.allSatisfy { abs($0 - log(4)) < 1e-6 })
    }

    /// Each stage takes the nearest vector to what is left: no other code of that stage is nearer.
    @Test func stagesQuantiseWhatIsLeft() throws {
        let (quantizer, _) = try quantizer(stages: 2) { $0.update = .frozen }
        let tape = Tape.recording()
        let codes = quantizer.posterior(features(on: tape), on: tape).mode()
        #expect(codes.latentCount == 4)
        let (first, second) = (quantizer.books[0], quantizer.books[1])
        #expect(first.vectors.value.array != second.vectors.value.array)
        // y − e₁ is e₂: embeddings of one stage's codes differ by the other's vectors alone.
        var changed = codes
        changed[0, 1] = (codes[0, 1] + 1) % 4
        let (a, b) = (
            quantizer.embed(codes, in: tape.arena), quantizer.embed(changed, in: tape.arena)
        )
        #expect(a.array[0..<6] != b.array[0..<6])
        #expect(a.array[6...] == b.array[6...])
    }

    /// ∂loss/∂x is that of the embedding plus the commitment's, ∂loss/∂e that of |sg(x) − e|²: against central differences
    /// of the loss with the codes held and, for x, the vectors as the straight-through value.
    @Test func gradients() throws {
        let (quantizer, store) = try quantizer { ($0.kmeans, $0.revival) = (false, 0) }
        func parameter(_ name: String) throws -> Parameter {
            try #require(store.parameters.first { $0.name == name })
        }
        let (head, vectors) = (
            try parameter("posterior.weight"), try parameter("codebook.0.vectors")
        )
        let bias = try parameter("posterior.bias")
        let (map, shift) = (
            try parameter("embedding.weight"), try parameter("embedding.bias")
        )
        for one in store.parameters { one.clearGradient() }
        let tape = Tape.recording()
        let x = features(on: tape)
        let codes = quantizer.posterior(x, on: tape).mode()
        let result = bound(quantizer, x, on: tape)
        tape.backward(from: result.loss)
        let f = doubles(x.value.array)
        let (book, w, c) = (
            doubles(vectors.value.array), doubles(map.value.array), doubles(shift.value.array)
        )
        func projected(_ weight: [Double]) -> [Double] {
            (0..<18).map { place in
                let (b, d, i) = (place / 6, place / 3 % 2, place % 3)
                return Double(bias.value[d * 3 + i])
                    + (0..<5).reduce(0) {
                        $0 + f[(b * 2 + d) * 5 + $1] * weight[(d * 5 + $1) * 3 + i]
                    }
            }
        }
        func chosen(_ vectors: [Double]) -> [Double] {
            (0..<18).map { place in
                let (b, d, i) = (place / 6, place / 3 % 2, place % 3)
                return vectors[(d * 4 + Int(codes[b, d])) * 3 + i]
            }
        }
        let start = doubles(head.value.array)
        let (x0, e0) = (projected(start), chosen(book))
        func squared(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        func likelihood(_ y: [Double]) -> Double {
            (0..<36).reduce(0.0) { sum, place in
                let (b, d, o) = (place / 12, place / 6 % 2, place % 6)
                let e =
                    c[d * 6 + o]
                    + (0..<3).reduce(0.0) { $0 + y[(b * 2 + d) * 3 + $1] * w[(d * 3 + $1) * 6 + o] }
                return sum + e * e
            } / 3
        }
        let headGradient = centralDifferences(start) { weight in
            let x = projected(weight)
            let y = zip(x, zip(e0, x0)).map { $0 + ($1.0 - $1.1) }
            return -likelihood(y) + 0.25 * squared(x, e0) / 3
        }
        #expect(relativeError(doubles(head.gradient.array), headGradient) < 1e-5)
        let bookGradient = centralDifferences(book) { squared(x0, chosen($0)) / 3 }
        #expect(relativeError(doubles(vectors.gradient.array), bookGradient) < 1e-5)
        #expect(result.terms.map(\.name) == ["commitment", "codebook"])
        #expect(abs(Double(result.terms[0].value) - 0.25 * squared(x0, e0) / 3) < 1e-5)
        #expect(abs(Double(result.reconstruction) - likelihood(e0)) < 1e-4)
    }

    /// Buffers are no parameters of an optimizer, and a shared book is one for all latents.
    @Test func buffersAreNotTrained() throws {
        let (_, store) = try quantizer {
            $0.update = .ema
            $0.shared = true
        }
        let trained = store.parameters.filter(\.isTrained).map(\.name)
        #expect(
            trained == ["posterior.weight", "posterior.bias", "embedding.weight", "embedding.bias"])
        let vectors = store.parameters.first { $0.name == "codebook.0.vectors" }
        #expect(vectors?.shape == Shape(1, 4, 3))
        #expect(store.elementCount < store.parameters.reduce(0) { $0 + $1.shape.count })
    }

    /// A batch that does not train leaves the averages alone.
    @Test func useDoesNotLearn() throws {
        let (quantizer, store) = try quantizer { $0.update = .ema }
        let before = store.parameters.map(\.value.array)
        let still = Tape(arena: Arena(), isRecording: false)
        _ = bound(quantizer, features(on: still), on: still)
        #expect(store.parameters.map(\.value.array) == before)
        let tape = Tape.recording()
        _ = bound(quantizer, features(on: tape), on: tape)
        #expect(store.parameters.map(\.value.array) != before)
    }
}
