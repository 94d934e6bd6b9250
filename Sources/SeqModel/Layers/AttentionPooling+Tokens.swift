import CKernels
import Tensors

extension AttentionPooling {
    /// Packed states `[N, H]` of a batch's targets → `[B, Q, H + E]`, each state with √E times its token's embedding
    /// beside it.
    ///
    /// √E brings the table's entries to the size of the states.
    public func callAsFunction(
        _ states: Variable, beside embedding: Embedding, of batch: TokenBatch, on tape: Tape
    ) -> Variable {
        let scale = Float(embedding.weight.shape[1]).squareRoot()
        if !tape.isRecording {
            return pooled(
                normalized(states.value, beside: embedding, scale: scale, of: batch, on: tape),
                packing: batch.packing, on: tape)
        }
        let tokens = tape.scale(embedding(batch, on: tape), by: scale)
        return self(
            tape.concatenateColumns(states, tokens), packing: batch.packing, on: tape)
    }

    /// The normalised rows of states and embeddings, joined as they are read.
    private func normalized(
        _ states: Tensor, beside embedding: Embedding, scale: Float, of batch: TokenBatch,
        on tape: Tape
    ) -> Tensor {
        let table = embedding.weight.value
        let s = tape.arena.tensor(Shape(states.rows, states.columns + table.columns))
        precondition(s.columns == query.shape[1] && states.rows == batch.tokenCount)
        ck_layer_norm_joined(
            s.pointer, states.pointer, Int64(states.columns), table.pointer,
            batch.targets(on: tape),
            Int64(table.columns), scale, inputNorm.weight.value.pointer,
            inputNorm.bias.value.pointer, Int64(s.rows), inputNorm.epsilon)
        return s
    }

    /// What the layer makes of normalised states where nothing is recorded, in as few passes over memory as can be.
    func pooled(_ s: Tensor, packing: Packing, on tape: Tape) -> Variable {
        let scores = scores(of: Variable(constant: s), packing: packing, on: tape).value
        let result = tape.arena.tensor(
            Shape(packing.batchSize, scores.columns, s.columns))
        ck_attention_pool_normalized(
            result.pointer, tape.arena.tensor(scores.shape).pointer, s.pointer, scores.pointer,
            outputNorm.weight.value.pointer, outputNorm.bias.value.pointer, packing.offsets,
            packing.lengths, Int64(packing.batchSize), Int64(scores.columns), Int64(s.columns),
            outputNorm.epsilon)
        return Variable(constant: result)
    }
}
