import CKernels
import Tensors

/// Attention of every token to the code embeddings of its sequence.
///
///     s_nd = ⟨W_q h_n, W_k e_d + u_d⟩ / √(A/heads),   a_n = softmax over the latents of s_n,   context_n = Σ_d a_nd W_v e_d
///
/// One condition vector must carry a whole sequence through every step; here each token may ask the latents that know
/// of it. `slot`, u `[D, A]`, tells the latents apart.
public struct CodeAttention {
    /// W_q, `[A, H]`.
    public let query: Linear
    /// W_k, `[A, E]`.
    public let key: Linear
    /// W_v, `[A, E]`.
    public let value: Linear
    /// u, `[D, A]`.
    public let slot: Parameter
    /// The parts of A that attend on their own.
    public let headCount: Int

    /// A layer for queries of `width` numbers to `slotCount` code embeddings of `codeSize` numbers.
    public init(
        width: Int, codeSize: Int, slotCount: Int, size: Int, headCount: Int,
        in scope: ParameterScope
    ) throws {
        query = try Linear(width, size, in: scope.scope("query"))
        key = try Linear(codeSize, size, bias: false, in: scope.scope("key"))
        value = try Linear(codeSize, size, bias: false, in: scope.scope("value"))
        slot = try scope.parameter(
            "slot", Shape(slotCount, size), .normal(standardDeviation: 1))
        self.headCount = headCount
    }

    /// What the tokens of a batch attend to.
    public struct Memory {
        /// `[B·D, A]`.
        public let keys: Variable
        /// `[B·D, A]`.
        public let values: Variable
    }

    /// Code embeddings `[B, D·E]` → keys and values.
    public func memory(_ codes: Variable, on tape: Tape) -> Memory {
        let (slots, size) = (slot.shape[0], key.weight.shape[1])
        let rows = codes.reshaped(Shape(codes.value.count / size, size))
        let keys = tape.addRepeated(slot, to: key(rows, on: tape))
        precondition(keys.value.rows % slots == 0, "\(rows.shape) for \(slots) latents")
        return Memory(keys: keys, values: value(rows, on: tape))
    }

    /// Packed states `[N, H]` → contexts `[N, A]`.
    public func callAsFunction(
        _ states: Variable, memory: Memory, packing: Packing, on tape: Tape
    ) -> Variable {
        tape.crossAttention(
            query(states, on: tape), keys: memory.keys, values: memory.values,
            slotCount: slot.shape[0], headCount: headCount, packing: packing)
    }
}

extension Tape {
    /// context[n] = Σ_m softmax_m(⟨query[n], keys[b, m]⟩ / √(A/heads)) values[b, m] for token n of sequence b, head by head.
    ///
    /// query `[N, A]`, keys and values `[B·M, A]`; result `[N, A]`.
    public func crossAttention(
        _ query: Variable, keys: Variable, values: Variable, slotCount: Int, headCount: Int,
        packing: Packing
    ) -> Variable {
        attention(
            query, memory: (keys, values), width: query.value.columns,
            scope: AttentionScope(packing: packing, headCount: headCount, memoryCount: slotCount))
    }

    /// y = x with the rows of `block` `[M, A]` added to each group of M rows of x `[B·M, A]`.
    func addRepeated(_ block: Parameter, to x: Variable) -> Variable {
        let y = arena.tensor(x.shape)
        let groups = x.value.count / block.shape.count
        ck_set_rows(y.pointer, block.value.pointer, Int64(groups), Int64(block.shape.count))
        y.add(x.value)
        return record(y) { [unowned self] dy in
            let target = block.accumulator()
            ck_column_sum(
                target.tensor.pointer, dy.pointer, Int64(groups), Int64(block.shape.count),
                target.flag)
            accumulate(dy, into: x)
        }
    }
}
