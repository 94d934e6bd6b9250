import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// A model whose products are in bf16: close to fp32, and the same bits on any number of threads.
@Suite(.serialized) struct BFloat16ModelTests {
    private func model() throws -> TinyModel {
        var sizes = TinyModel.Sizes()
        sizes.vocabulary = 201
        sizes.embedding = 24
        sizes.encoder = 33
        sizes.condition = 40
        sizes.decoder = 48
        sizes.tiedSoftmax = false
        return try TinyModel(sizes, seed: 5)
    }

    private func gradients(
        _ model: TinyModel, _ precision: Precision
    ) -> (likelihood: [Float], gradients: [[Float]]) {
        for parameter in model.parameters { parameter.clearGradient() }
        let tape = Tape(arena: Arena(), isRecording: true, precision: precision)
        let batch = model.batch(model.sentences((0..<40).map { 3 + $0 % 13 }))
        let sequence = model(batch, on: tape).likelihood.sequence
        tape.backward(from: sequence)
        return (sequence.value.array, model.parameters.map { $0.gradient.array })
    }

    @Test func gradientsAreCloseToThoseOfFP32() throws {
        let model = try model()
        let (exact, exactGradients) = gradients(model, .fp32)
        let (rough, roughGradients) = gradients(model, .bf16)
        #expect(rough != exact)
        for (a, b) in zip(rough, exact) { #expect(abs(a - b) < 2e-3 * abs(b)) }
        for (index, parameter) in model.parameters.enumerated() {
            let (a, b) = (roughGradients[index], exactGradients[index])
            let norm = b.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            let difference = zip(a, b).reduce(0.0) {
                $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
            }.squareRoot()
            #expect(difference <= 0.03 * norm, "\(parameter.name): \(difference / norm)")
            #expect(norm > 0)
        }
    }

    @Test func bitsDoNotDependOnThreads() throws {
        defer { ThreadPool.setThreadCount(2) }
        let model = try model()
        ThreadPool.setThreadCount(1)
        let (value, reference) = gradients(model, .bf16)
        for threads in [2, 3] {
            ThreadPool.setThreadCount(threads)
            let (other, found) = gradients(model, .bf16)
            expectSameBits(other, value, "\(threads) threads")
            for (index, parameter) in model.parameters.enumerated() {
                expectSameBits(
                    found[index], reference[index], "\(parameter.name), \(threads) threads")
            }
        }
    }

    /// What is said of a sentence does not depend on the batch in bf16 either.
    @Test func bitsDoNotDependOnTheBatch() throws {
        let model = try model()
        let sentences = model.sentences((0..<20).map { $0 * 7 % 15 })
        func values(_ some: [[Int32]]) -> [Float] {
            let tape = Tape(arena: Arena(), isRecording: false, precision: .bf16)
            let batch = model.batch(some)
            let sequence = model(batch, on: tape).likelihood.sequence.value
            var result = [Float](repeating: .nan, count: some.count)
            for (row, source) in batch.order.enumerated() { result[source] = sequence[row] }
            return result
        }
        let alone = sentences.flatMap { values([$0]) }
        expectSameBits(values(sentences), alone)
        expectSameBits(values(Array(sentences[3..<10])), Array(alone[3..<10]))
    }
}
