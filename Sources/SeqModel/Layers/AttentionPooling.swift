import CKernels
import Tensors

/// Learned queries that each read a whole sequence: Q vectors attend over its states.
///
///     s = LayerNorm(states),   a = softmax over the tokens of ⟨q_j, s_t⟩ / √H,   pooled[j] = LayerNorm(Σ_t a_t s_t)
///
/// `query` is `[Q, H]`, normal with standard deviation 1. Normalised states give scores of unit size, so that from the
/// first step different queries look at different tokens; without that every query starts as an average and information
/// that sits in one token is slow to be found. Tokens outside a sequence take no part, so the result does not depend on
/// what else is in the batch.
public struct AttentionPooling {
    /// The queries, `[Q, H]`.
    public let query: Parameter
    /// On the states.
    public let inputNorm: LayerNorm
    /// On what was pooled.
    public let outputNorm: LayerNorm

    /// A layer of `queryCount` queries over states of `width` numbers.
    public init(queryCount: Int, width: Int, in scope: ParameterScope) throws {
        query = try scope.parameter(
            "query", Shape(queryCount, width), .normal(standardDeviation: 1))
        inputNorm = try LayerNorm(width, in: scope.scope("input_norm"))
        outputNorm = try LayerNorm(width, in: scope.scope("output_norm"))
    }

    /// Packed states `[N, H]` → `[B, Q, H]`.
    public func callAsFunction(_ states: Variable, packing: Packing, on tape: Tape) -> Variable {
        let s = inputNorm(states, on: tape)
        let scale = 1 / Float(query.shape[1]).squareRoot()
        let scores = tape.scale(tape.linear(s, weight: query), by: scale)
        return outputNorm(tape.attentionPool(s, scores: scores, packing: packing), on: tape)
    }
}

extension Tape {
    /// pooled[b, j] = Σ_t softmax_t(scores[t, j]) states[t] over the tokens of each sequence, `[B, Q, H]`.
    func attentionPool(_ states: Variable, scores: Variable, packing: Packing) -> Variable {
        let weights = arena.tensor(scores.shape)
        let pooled = arena.tensor(
            Shape(packing.batchSize, scores.value.columns, states.value.columns))
        let (batch, queries, width) = (
            Int64(packing.batchSize), Int64(scores.value.columns), Int64(states.value.columns)
        )
        ck_attention_pool(
            pooled.pointer, weights.pointer, states.value.pointer, scores.value.pointer,
            packing.offsets, packing.lengths, batch, queries, width)
        return record(pooled) { [unowned self] dpooled in
            let dscores = arena.tensor(scores.shape)
            let dstates = accumulatorOrScratch(for: states)
            ck_attention_pool_backward(
                dstates.tensor.pointer, dscores.pointer, states.value.pointer, weights.pointer,
                dpooled.pointer, packing.offsets, packing.lengths, batch, queries, width,
                dstates.flag)
            accumulate(dscores, into: scores)
        }
    }
}
