import CKernels
import Tensors

/// Learned queries that each read a whole sequence: Q vectors attend over its states.
///
///     a = softmax over the tokens of ⟨q_j, s_t⟩ / √H,        pooled[j] = Σ_t a_t s_t
///
/// `query` is `[Q, H]`, normal with standard deviation 1. Tokens outside a sequence take no part, so the result
/// does not depend on what else is in the batch.
public struct AttentionPooling {
    /// The queries, `[Q, H]`.
    public let query: Parameter

    /// A layer of `queryCount` queries over states of `width` numbers.
    public init(queryCount: Int, width: Int, in scope: ParameterScope) throws {
        query = try scope.parameter(
            "query", Shape(queryCount, width), .normal(standardDeviation: 1))
    }

    /// Packed states `[N, H]` → `[B, Q, H]`.
    public func callAsFunction(_ states: Variable, packing: Packing, on tape: Tape) -> Variable {
        let (queries, width) = (query.shape[0], query.shape[1])
        let scale = 1 / Float(width).squareRoot()
        let scores = tape.scale(tape.linear(states, weight: query), by: scale)
        let weights = tape.arena.tensor(scores.shape)
        let pooled = tape.arena.tensor(Shape(packing.batchSize, queries, width))
        let (batch, q, w) = (Int64(packing.batchSize), Int64(queries), Int64(width))
        ck_attention_pool(
            pooled.pointer, weights.pointer, states.value.pointer, scores.value.pointer,
            packing.offsets, packing.lengths, batch, q, w)
        return tape.record(pooled) { [unowned tape] dpooled in
            let dscores = tape.arena.tensor(scores.shape)
            let dstates = tape.accumulatorOrScratch(for: states)
            ck_attention_pool_backward(
                dstates.tensor.pointer, dscores.pointer, states.value.pointer, weights.pointer,
                dpooled.pointer, packing.offsets, packing.lengths, batch, q, w, dstates.flag)
            tape.accumulate(dscores, into: scores)
        }
    }
}
