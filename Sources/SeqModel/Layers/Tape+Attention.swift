import CKernels
import Tensors

/// What the tokens of a packed batch attend to.
struct AttentionScope {
    /// The layout of the tokens.
    let packing: Packing
    /// Heads, among which the width is split.
    let headCount: Int
    /// Whether a token sees only itself and those before it.
    var isCausal = false
    /// Rows that each sequence has beside its tokens, and every token of it sees: P of `[B·P, H]`.
    var memoryCount = 0
    /// The positions of memory rows (0 ..< P) and tokens (P …), if they count.
    var angles: RotaryAngles?
}

extension Tape {
    /// Multi-head attention: softmax(Q Kᵀ/√h) V, head by head, as one entry of the tape.
    ///
    /// - Parameters:
    ///   - x: `[N, 3H]`, queries, keys and values of tokens that attend to tokens, or `[N, H]`, queries alone.
    ///   - memory: keys and values of the memory, each `[B·P, H]`, sequence by sequence.
    /// - Returns: `[N, H]`.
    func attention(
        _ x: Variable, memory: (keys: Variable, values: Variable)? = nil, width: Int,
        scope: AttentionScope
    ) -> Variable {
        precondition(x.value.columns == width || x.value.columns == 3 * width)
        precondition(
            memory.map { $0.keys.value.columns == width && $0.values.value.columns == width }
                ?? (x.value.columns == 3 * width), "attention without keys")
        let call = AttentionCall(x: x, memory: memory, width: width, scope: scope)
        let context = arena.tensor(Shape(x.value.rows, width))
        let logSums = arena.tensor(Shape(x.value.rows, scope.headCount))
        call.forward(context, logSums, arena)
        return record(context, operation: "attention") { [unowned self] dy in
            call.backward(dy, context: context, logSums: logSums, on: self)
        }
    }
}

/// One attention in the form its kernel wants.
private struct AttentionCall {
    let x: Variable
    let memory: (keys: Variable, values: Variable)?
    let width: Int
    let scope: AttentionScope

    private var hasTokens: Bool { x.value.columns == 3 * width }

    func forward(_ context: Tensor, _ logSums: Tensor, _ arena: Arena) {
        withKernelForm { form in
            let space = arena.tensor(Shape(Int(ck_attention_forward_workspace(form))))
            ck_attention_forward(form, context.pointer, logSums.pointer, space.pointer)
        }
    }

    func backward(_ dy: Tensor, context: Tensor, logSums: Tensor, on tape: Tape) {
        let dx = tape.accumulatorOrScratch(for: x)
        let dkeys = memory.map { tape.accumulatorOrScratch(for: $0.keys) }
        let dvalues = memory.map { tape.accumulatorOrScratch(for: $0.values) }
        let own = hasTokens ? dx.tensor.pointer : nil
        withKernelForm { form in
            var gradients = ck_attention_gradients(
                queries: dx.tensor.pointer, keys: own.map { $0 + width },
                values: own.map { $0 + 2 * width }, memory_keys: dkeys?.tensor.pointer,
                memory_values: dvalues?.tensor.pointer, accumulate_tokens: dx.flag,
                accumulate_memory_keys: dkeys?.flag ?? 0,
                accumulate_memory_values: dvalues?.flag ?? 0)
            let space = tape.arena.tensor(Shape(Int(ck_attention_backward_workspace(form))))
            ck_attention_backward(
                form, &gradients, context.pointer, logSums.pointer, dy.pointer, space.pointer)
        }
    }

    private func withKernelForm(_ body: (UnsafePointer<ck_attention>) -> Void) {
        let packing = scope.packing
        let own = hasTokens ? UnsafePointer(x.value.pointer) : nil
        let angles = scope.angles?.tables(scope.memoryCount + packing.maximumLength)
        packing.offsets.withUnsafeBufferPointer { offsets in
            packing.lengths.withUnsafeBufferPointer { lengths in
                guard let offset = offsets.baseAddress, let length = lengths.baseAddress else {
                    return
                }
                var form = ck_attention(
                    queries: x.value.pointer, query_stride: Int64(x.value.columns),
                    keys: own.map { $0 + width }, values: own.map { $0 + 2 * width },
                    stride: Int64(x.value.columns),
                    memory_keys: memory.map { UnsafePointer($0.keys.value.pointer) },
                    memory_values: memory.map { UnsafePointer($0.values.value.pointer) },
                    memory_stride: Int64(width),
                    memory_count: Int64(memory == nil ? 0 : scope.memoryCount),
                    cosines: angles.map { UnsafePointer($0.cosines.pointer) },
                    sines: angles.map { UnsafePointer($0.sines.pointer) },
                    offset: offset, length: length, batch: Int64(packing.batchSize),
                    heads: Int64(scope.headCount), head_width: Int64(width / scope.headCount),
                    is_causal: scope.isCausal ? 1 : 0)
                body(&form)
            }
        }
    }
}
