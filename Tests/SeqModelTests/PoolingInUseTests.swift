import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// Pooling in use takes fewer passes over memory than pooling that is recorded, and gives its bits.
@Suite struct PoolingInUseTests {
    // Sentences longer than a block of tokens, queries that fill no block, columns in whole blocks and beside them.
    @Test(
        arguments: [[5, 3, 3, 1], [1], [150, 65, 64, 63, 2]],
        [(queries: 1, states: 4, tokens: 3), (6, 48, 16), (33, 128, 70)])
    func hasTheBitsOfWhatIsRecorded(
        lengths: [Int], sizes: (queries: Int, states: Int, tokens: Int)
    ) throws {
        let root = ParameterStore(.seed(3)).root
        let embedding = try Embedding(11, sizes.tokens, in: root.scope("embedding"))
        let pooling = try AttentionPooling(
            queryCount: sizes.queries, width: sizes.states + sizes.tokens, windowWidth: 1.5,
            in: root.scope("pooling"))
        for norm in [pooling.inputNorm, pooling.outputNorm] {
            norm.weight.set(sampleValues(norm.weight.shape.count, seed: 5))
            norm.bias.set(sampleValues(norm.bias.shape.count, seed: 6))
        }
        let batch = TokenBatch(
            lengths.map { length in (0..<length - 1).map { Int32($0 * 7 % 9 + 2) } }, bos: 0,
            eos: 1)
        let values = sampleValues(batch.tokenCount * sizes.states, seed: 7).map { Float($0) }

        func pooled(isRecording: Bool, joins: Bool) -> [Float] {
            let tape = Tape(arena: Arena(), isRecording: isRecording)
            let states = tape.arena.tensor(Shape(batch.tokenCount, sizes.states))
            for (index, value) in values.enumerated() { states.pointer[index] = value }
            let x = Variable(constant: states)
            if joins { return pooling(x, beside: embedding, of: batch, on: tape).value.array }
            let tokens = tape.scale(
                embedding(batch, on: tape), by: Float(sizes.tokens).squareRoot())
            let both = tape.concatenateColumns(x, tokens)
            return pooling(both, packing: batch.packing, on: tape).value.array
        }

        let wanted = pooled(isRecording: true, joins: true)
        #expect(wanted.count == lengths.count * sizes.queries * (sizes.states + sizes.tokens))
        #expect(wanted.allSatisfy { $0.isFinite })
        #expect(pooled(isRecording: true, joins: false) == wanted)
        guard PanelMatrix.areFast else { return }
        #expect(pooled(isRecording: false, joins: true) == wanted)
        #expect(pooled(isRecording: false, joins: false) == wanted)
    }
}
