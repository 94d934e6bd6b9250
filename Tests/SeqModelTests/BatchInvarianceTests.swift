import Foundation
import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// What a model says of a sentence has the same bits in every batch and on every number of threads.
@Suite(.serialized, .enabled(if: Processor.hasAVX512)) struct BatchInvarianceTests {
    /// Every number the forward pass makes for one sentence.
    struct Trace: Equatable {
        var parts: [String: [Float]] = [:]
    }

    static let models: [TinyModel.Sizes] = {
        // Widths off and on the vector boundaries, one and more layers, tied and not.
        var odd = TinyModel.Sizes()
        odd.vocabulary = 101
        odd.embedding = 13
        odd.encoder = 17
        odd.condition = 21
        odd.decoder = 29
        odd.encoderLayers = 2
        odd.decoderLayers = 2
        var usual = TinyModel.Sizes()
        usual.vocabulary = 1000
        usual.embedding = 64
        usual.encoder = 64
        usual.condition = 64
        usual.decoder = 128
        usual.queries = 8
        var untied = usual
        untied.tiedSoftmax = false
        untied.vocabulary = 5000
        untied.bidirectional = false
        return [odd, usual, untied]
    }()

    @Test(arguments: models.indices) func sameBits(index: Int) throws {
        defer { ThreadPool.setThreadCount(ProcessInfo.processInfo.activeProcessorCount) }
        let model = try TinyModel(Self.models[index], seed: 3)
        let store = ParameterStore(.seed(8))
        let width = (model.sizes.bidirectional ? 2 : 1) * model.sizes.encoder
        let head = try store.root.parameter(
            "head", Shape(model.sizes.queries, width, 16), .uniform(bound: 0.3))
        let bias = try store.root.parameter(
            "bias", Shape(model.sizes.queries, 16), .uniform(bound: 0.3))
        let sentences = model.sentences((0..<64).map { $0 * 7 % 20 })
        var expected: [Int: Trace] = [:]
        for threads in [1, 2, 3] {
            ThreadPool.setThreadCount(threads)
            for size in [1, 2, 7, 64] {
                // Batches of 1 go through all sentences, larger ones through windows of them.
                for start in stride(from: 0, to: sentences.count, by: size == 1 ? 5 : size) {
                    let places = Array(start..<min(start + size, sentences.count))
                    let traces = trace(model, head, bias, places.map { sentences[$0] })
                    for (place, trace) in zip(places, traces) {
                        guard let first = expected[place] else {
                            expected[place] = trace
                            continue
                        }
                        for key in first.parts.keys.sorted() {
                            expectSameBits(
                                trace.parts[key] ?? [], first.parts[key] ?? [],
                                "\(key) of sentence \(place), batch \(size), \(threads) threads")
                        }
                    }
                }
            }
        }
        #expect(expected.count == 64)
    }

    private func trace(
        _ model: TinyModel, _ head: Parameter, _ bias: Parameter, _ sentences: [[Int32]]
    ) -> [Trace] {
        let tape = Tape(arena: Arena(), isRecording: false)
        let batch = model.batch(sentences)
        let pass = model(batch, on: tape)
        let posterior = tape.groupedLinear(pass.pooled, weight: head, bias: bias)
        let lengths = batch.order.map { sentences[$0].count + 1 }
        let states = unpacked(split(pass.states.value), lengths: lengths)
        let tokens = unpacked(pass.likelihood.token.array, lengths: lengths)
        let best = unpacked(pass.likelihood.best.map { Float($0) }, lengths: lengths)
        let decoded = decode(model, pass.condition, batch, lengths)
        var traces = [Trace](repeating: Trace(), count: sentences.count)
        for (row, source) in batch.order.enumerated() {
            traces[source].parts = [
                "states": states[row].flatMap { $0 },
                "pooled": slice(pass.pooled.value, row, of: batch.batchSize),
                "posterior": slice(posterior.value, row, of: batch.batchSize),
                "condition": slice(pass.condition.vector.value, row, of: batch.batchSize),
                "tokens": tokens[row], "best": best[row],
                "sequence": [pass.likelihood.sequence.value[row]], "decoder": decoded[row],
            ]
        }
        return traces
    }

    /// The step-by-step logits of every sentence; those that end leave the decoder's state.
    private func decode(
        _ model: TinyModel, _ condition: DecoderCondition, _ batch: TokenBatch, _ lengths: [Int]
    ) -> [[Float]] {
        let inputs = unpacked(Array(batch.inputs), lengths: lengths)
        let state = model.decoder.makeState(
            condition: condition, on: Tape(arena: Arena(), isRecording: false))
        var logits = [[Float]](repeating: [], count: lengths.count)
        var alive = lengths.count
        for time in 0..<min(6, lengths.first ?? 0) {
            let now = lengths.filter { $0 > time }.count
            if now < alive { state.select(Array(0..<now)) }
            alive = now
            let step = state.step((0..<alive).map { inputs[$0][time] })
            for row in 0..<alive { logits[row] += step.rows(row..<row + 1).array }
        }
        return logits
    }

    private func split(_ tensor: Tensor) -> [[Float]] {
        (0..<tensor.rows).map { tensor.rows($0..<$0 + 1).array }
    }

    private func slice(_ tensor: Tensor, _ row: Int, of count: Int) -> [Float] {
        let size = tensor.count / count
        return Array(tensor.array[row * size..<(row + 1) * size])
    }
}
