import CKernels
import Foundation
import Tensors

/// Learned queries that each read a whole sequence: Q vectors attend over its states.
///
///     s = LayerNorm(states),   a = softmax over the tokens of ⟨q_j, s_t⟩/√H + w_jt,   pooled[j] = LayerNorm(Σ_t a_t s_t)
///
/// `query` is `[Q, H]`, normal with standard deviation 1. Normalised states give scores of unit size, so that from the
/// first step different queries look at different tokens; without that every query starts as an average and information
/// that sits in one token is slow to be found. Tokens outside a sequence take no part, so the result does not depend on
/// what else is in the batch.
///
/// With windows, w_jt = −½ ((x_t − c_j)/σ_j)², where token t of T stands at x_t = (t + ½)/T: query j begins by looking
/// around the j-th of Q equal parts of the sequence. Its latent then speaks of a place rather than of the whole, which
/// generalises to sentences never seen, and the decoder finds it there. Centre and width are learned.
public struct AttentionPooling {
    /// The queries, `[Q, H]`.
    public let query: Parameter
    /// c and ln σ, each `[Q]`.
    public let window: (centre: Parameter, logWidth: Parameter)?
    /// On the states.
    public let inputNorm: LayerNorm
    /// On what was pooled.
    public let outputNorm: LayerNorm

    /// A layer of `queryCount` queries over states of `width` numbers.
    ///
    /// - Parameter windowWidth: σ at the start, in parts of length 1/Q; 0: no windows.
    public init(
        queryCount: Int, width: Int, windowWidth: Float = 0, in scope: ParameterScope
    ) throws {
        query = try scope.parameter(
            "query", Shape(queryCount, width), .normal(standardDeviation: 1))
        let part = 1 / Float(queryCount)
        let window = scope.scope("window")
        self.window =
            try windowWidth == 0
            ? nil
            : (
                window.parameter(
                    "centre", Shape(queryCount), .each { (Float($0) + 0.5) / Float(queryCount) }),
                window.parameter(
                    "log_width", Shape(queryCount), .constant(log(windowWidth * part)))
            )
        inputNorm = try LayerNorm(width, in: scope.scope("input_norm"))
        outputNorm = try LayerNorm(width, in: scope.scope("output_norm"))
    }

    /// Packed states `[N, H]` → `[B, Q, H]`.
    public func callAsFunction(_ states: Variable, packing: Packing, on tape: Tape) -> Variable {
        let s = inputNorm(states, on: tape)
        if !tape.isRecording { return pooled(s.value, packing: packing, on: tape) }
        let scores = scores(of: s, packing: packing, on: tape)
        return outputNorm(tape.attentionPool(s, scores: scores, packing: packing), on: tape)
    }

    /// The scores of normalised states, `[N, Q]`.
    func scores(of s: Variable, packing: Packing, on tape: Tape) -> Variable {
        let scale = 1 / Float(query.shape[1]).squareRoot()
        let scores = tape.scale(tape.linear(s, weight: query), by: scale)
        return window.map {
            tape.windowed(
                scores, centre: $0.centre, logWidth: $0.logWidth, packing: packing)
        } ?? scores
    }
}

extension Tape {
    /// scores[t, j] − ½ ((x_t − centre_j)/exp(logWidth_j))², with x_t = (t + ½)/T for token t of T.
    func windowed(
        _ scores: Variable, centre: Parameter, logWidth: Parameter, packing: Packing
    ) -> Variable {
        let (times, tokens) = (Int64(packing.maximumLength), Int64(packing.tokenCount))
        let queries = Int64(scores.value.columns)
        let y = arena.tensor(scores.shape)
        y.copy(from: scores.value)
        ck_window_scores(
            y.pointer, centre.value.pointer, logWidth.value.pointer, packing.offsets,
            packing.lengths, times, tokens, queries)
        return record(y) { [unowned self] dy in
            let dcentre = centre.accumulator()
            let dwidth = logWidth.accumulator()
            precondition(dcentre.accumulate == dwidth.accumulate, "a window is of one piece")
            ck_window_scores_backward(
                dcentre.tensor.pointer, dwidth.tensor.pointer, dy.pointer, centre.value.pointer,
                logWidth.value.pointer, packing.offsets, packing.lengths, times, tokens, queries,
                dcentre.flag)
            accumulate(dy, into: scores)
        }
    }

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
