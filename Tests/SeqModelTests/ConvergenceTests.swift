import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

@Suite struct ConvergenceTests {
    /// A chain that has everything but the discrete codes learns eight sentences by heart and says them back.
    @Test(arguments: [true, false]) func memorisesEightSentences(tiedSoftmax: Bool) throws {
        var sizes = TinyModel.Sizes()
        sizes.vocabulary = 14
        sizes.embedding = 16
        sizes.encoder = 24
        sizes.queries = 2
        sizes.condition = 24
        sizes.decoder = 32
        sizes.tiedSoftmax = tiedSoftmax
        let model = try TinyModel(sizes, seed: 1)
        let sentences = model.sentences([3, 5, 0, 4, 6, 6, 2, 5])
        let batch = model.batch(sentences)
        let optimizer = Adam.Config().makeOptimizer(model.parameters)
        let tape = Tape(arena: Arena(), isRecording: true)
        var losses: [Float] = []
        for _ in 0..<300 {
            tape.reset()
            for parameter in model.parameters { parameter.clearGradient() }
            let sequence = model(batch, on: tape).likelihood.sequence
            let loss = tape.scale(tape.sum(sequence), by: -1 / Float(batch.tokenCount))
            losses.append(loss.value[0])
            tape.backward(from: loss)
            optimizer.update(
                rate: 0.01,
                gradientScale: GradientNorm(of: model.parameters).scale(clippingAt: 5))
        }
        #expect(abs((losses.first ?? 0) - 2.64) < 0.3, "the start is near log V")
        #expect((losses.last ?? 1) < 0.02, "nats a token")
        let values = Tape(arena: Arena(), isRecording: false)
        let condition = model(batch, on: values).condition
        let search = Search(
            strategy: .greedy, bos: TinyModel.bos, eos: TinyModel.eos, maximumLength: 20)
        let said = search(
            model.decoder.makeState(condition: condition, on: values), count: batch.batchSize
        ) { RandomStream(seed: 0, "unused").stream($0) }
        #expect(said == batch.order.map { sentences[$0] })
    }
}
