import Tensors

/// The keys and values of sequences being decoded by a Transformer.
final class TransformerDecoderState: DecoderState {
    private let decoder: TransformerDecoder
    private let scratch: Tape
    private let rows: DecoderRows
    /// Of the earlier steps, layer by layer.
    private var caches: [AttentionCache]
    /// Of the codes, layer by layer.
    private var memories: [CodeAttention.Memory?]
    private let pace: PaceState?

    /// One token per sequence.
    private var packing: Packing

    /// Nothing is dropped.
    private let noRandom = RandomStream(seed: 0, "unused")

    init(_ decoder: TransformerDecoder, condition: DecoderCondition, on tape: Tape) {
        self.decoder = decoder
        scratch = tape.companion()
        let rows = DecoderRows(count: condition.vector.value.rows, beside: tape.arena)
        self.rows = rows
        packing = Packing(lengths: [Int](repeating: 1, count: rows.count))
        caches = decoder.layers.map { _ in
            AttentionCache(
                rows: rows.count, width: decoder.config.hiddenSize,
                headCount: decoder.config.headCount,
                capacity: 16 + (decoder.prefix?.count ?? 0), in: rows.storage)
        }
        memories = decoder.layers.map { [scratch] layer in
            layer.cross?.attention.cached(condition.codes, in: rows.storage, on: scratch)
        }
        pace = decoder.pace.map { PaceState($0, condition: condition, rows: rows) }
        if let prefix = decoder.prefix {
            fill(prefix(condition.codes, on: scratch), stepCount: prefix.count)
        }
    }

    /// Takes up the first steps of all sequences at once: `[D·R, H]`.
    private func fill(_ steps: Variable, stepCount: Int) {
        let scope = decoder.scope(
            Packing(lengths: [Int](repeating: stepCount, count: rows.count)))
        var x = steps
        for (index, layer) in decoder.layers.enumerated() {
            x = layer(x, packing: scope.packing, using: noRandom, on: scratch) {
                for time in 0..<stepCount {
                    let first = time * rows.count
                    caches[index].append(
                        $0.value.rows(first..<first + rows.count), angles: decoder.angles)
                }
                return scratch.attention($0, width: decoder.config.hiddenSize, scope: scope)
            }
        }
    }

    func step(_ tokens: [Int32]) -> Tensor {
        scratch.reset()
        var x = decoder.input(rows.checked(tokens, on: scratch), count: rows.count, on: scratch)
        let pace = pace?.next(packing, on: scratch)
        for (index, layer) in decoder.layers.enumerated() {
            if caches[index].isFull { caches[index] = caches[index].doubled(in: rows.storage) }
            x = layer(
                x, packing: packing, memory: memories[index], pace: pace, using: noRandom,
                on: scratch
            ) {
                caches[index].attend($0, angles: decoder.angles, on: scratch)
            }
        }
        return decoder.output.logits(decoder.norm(x, on: scratch), on: scratch)
    }

    func select(_ chosen: [Int]) {
        rows.select(chosen) { selected in
            for index in caches.indices {
                caches[index].storage = selected(caches[index].storage)
                memories[index] = memories[index]?.selected(selected)
            }
            pace?.select(selected)
        }
        packing = Packing(lengths: [Int](repeating: 1, count: rows.count))
    }
}
