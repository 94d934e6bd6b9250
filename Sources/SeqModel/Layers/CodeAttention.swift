import CKernels
import Tensors

/// Attention of every token to the code embeddings of its sequence.
///
///     s_nd = ⟨W_q h_n, W_k e_d + u_d⟩ / √(A/heads),   a_n = softmax over the latents of s_n,   context_n = Σ_d a_nd W_v e_d
///
/// One condition vector must carry a whole sequence through every step; here each token may ask the latents that know
/// of it. `slot`, u `[D, A]`, tells the latents apart.
///
/// Where the first codes tell the length, the query has W_p φ(x_n) beside W_q h_n, x_n being how far along its sentence the
/// token stands (`Pace`), and u_d begins as φ of the part that latent d reads: attention begins at the right place.
public struct CodeAttention {
    /// W_q, `[A, H]`.
    public let query: Linear
    /// W_k, `[A, E]`.
    public let key: Linear
    /// W_v, `[A, E]`.
    public let value: Linear
    /// u, `[D, A]`.
    public let slot: Parameter
    /// W_p, `[A, F]`, with as many features as a head is wide.
    public let pace: Parameter?
    /// The parts of A that attend on their own.
    public let headCount: Int

    /// A layer for queries of `width` numbers to the code embeddings of a condition.
    public init(
        width: Int, codes: DecoderCondition.Sizes, size: Int, headCount: Int,
        in scope: ParameterScope
    ) throws {
        let (codeSize, slotCount) = (codes.code, codes.codeCount)
        query = try Linear(width, size, in: scope.scope("query"))
        key = try Linear(codeSize, size, bias: false, in: scope.scope("key"))
        value = try Linear(codeSize, size, bias: false, in: scope.scope("value"))
        let (headWidth, untimed) = (size / headCount, codes.lengthCodeCount)
        if untimed > 0 {
            let places = Pace.places(partCount: slotCount - untimed, featureCount: headWidth)
            slot = try scope.parameter(
                "slot", Shape(slotCount, size),
                .each {
                    $0 / size < untimed ? 0 : places[$0 / size - untimed][$0 % headWidth]
                })
            // Every head begins with all features as they are.
            pace = try scope.parameter(
                "pace", Shape(size, headWidth),
                .each { $0 / headWidth % headWidth == $0 % headWidth ? 1 : 0 })
        } else {
            slot = try scope.parameter(
                "slot", Shape(slotCount, size), .normal(standardDeviation: 1))
            pace = nil
        }
        self.headCount = headCount
    }

    /// What the tokens of a batch attend to: keys and values of the codes of each sequence.
    public struct Memory {
        enum Form {
            /// As training reads them, each `[B·D, A]`.
            case rows(keys: Variable, values: Variable)
            /// As decoding reads them, for one token a sequence at a time.
            case cache(AttentionCache)
        }
        let form: Form
    }

    /// Code embeddings `[B, D·E]` → keys and values.
    public func memory(_ codes: Variable, on tape: Tape) -> Memory {
        let (slots, size) = (slot.shape[0], key.weight.shape[1])
        let rows = codes.reshaped(Shape(codes.value.count / size, size))
        let keys = tape.addRepeated(slot, to: key(rows, on: tape))
        precondition(keys.value.rows % slots == 0, "\(rows.shape) for \(slots) latents")
        return Memory(form: .rows(keys: keys, values: value(rows, on: tape)))
    }

    /// Packed states `[N, H]` → contexts `[N, A]`; where codes tell lengths with φ of the tokens, `[N, F]`.
    public func callAsFunction(
        _ states: Variable, memory: Memory, pace features: Variable? = nil, packing: Packing,
        on tape: Tape
    ) -> Variable {
        var query = self.query(states, on: tape)
        if let pace {
            guard let features else { preconditionFailure("a paced layer without its pace") }
            query = tape.add(query, consuming: tape.linear(features, weight: pace))
        }
        switch memory.form {
        case .rows(let keys, let values):
            return tape.crossAttention(
                query, keys: keys, values: values, slotCount: slot.shape[0],
                headCount: headCount, packing: packing)
        case .cache(let cache):
            return cache.context(of: query, on: tape)
        }
    }

    /// The memory of sequences that will be decoded, kept in `arena` for one token of each at a time.
    func cached(_ codes: Variable, in arena: Arena, on tape: Tape) -> Memory {
        var cache = AttentionCache(
            rows: codes.value.rows, width: key.weight.shape[0], headCount: headCount,
            capacity: slot.shape[0], in: arena)
        tape.arena.scratch {
            guard case .rows(let keys, let values) = memory(codes, on: tape).form else {
                preconditionFailure("a memory that is a cache already")
            }
            cache.fill(keys: keys.value, values: values.value)
        }
        return Memory(form: .cache(cache))
    }
}

extension CodeAttention.Memory {
    /// A cached memory with its storage replaced by what `body` makes of it.
    func selected(_ body: (Tensor) -> Tensor) -> CodeAttention.Memory {
        guard case .cache(var cache) = form else {
            preconditionFailure("rows are selected of cached memories")
        }
        cache.storage = body(cache.storage)
        return CodeAttention.Memory(form: .cache(cache))
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
