import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// Pooling in use takes fewer passes over memory than its operations one by one, and gives their bits.
@Suite struct PoolingInUseTests {
    // Sentences longer than a block of tokens, queries that fill no block, columns in whole blocks and beside them.
    @Test(
        arguments: [[5, 3, 3, 1], [1], [150, 65, 64, 63, 2]],
        [(queries: 1, states: 4, tokens: 3), (6, 48, 16), (33, 128, 70)])
    func hasTheBitsOfItsOperations(
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

        func pooled(_ pool: (Variable, Tape) -> Variable) -> [Float] {
            let tape = Tape(arena: Arena(), isRecording: false)
            let states = tape.arena.tensor(Shape(batch.tokenCount, sizes.states))
            for (index, value) in values.enumerated() { states.pointer[index] = value }
            return pool(Variable(constant: states), tape).value.array
        }
        func joined(_ states: Variable, _ tape: Tape) -> Variable {
            let tokens = tape.scale(
                embedding(batch, on: tape), by: Float(sizes.tokens).squareRoot())
            return tape.concatenateColumns(states, tokens)
        }

        let packing = batch.packing
        let wanted = pooled { states, tape in
            let s = pooling.inputNorm(joined(states, tape), on: tape)
            let scores = pooling.scores(of: s, packing: packing, on: tape)
            return pooling.outputNorm(
                tape.attentionPool(s, scores: scores, packing: packing), on: tape)
        }
        #expect(wanted.count == lengths.count * sizes.queries * (sizes.states + sizes.tokens))
        #expect(wanted.allSatisfy { $0.isFinite })
        #expect(pooled { pooling($0, beside: embedding, of: batch, on: $1) } == wanted)
        #expect(pooled { pooling(joined($0, $1), packing: packing, on: $1) } == wanted)
    }
}
