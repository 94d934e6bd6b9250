import Tensors

/// The recurrent states of sequences being decoded.
final class GRUDecoderState: DecoderState {
    private struct Layer {
        var h: Tensor
        var condition: Tensor
    }

    private let decoder: GRUDecoder
    private let scratch: Tape
    private let rows: DecoderRows
    private var layers: [Layer]
    private var memory: CodeAttention.Memory?
    private let pace: PaceState?
    /// One token per sequence.
    private var packing: Packing

    init(_ decoder: GRUDecoder, condition: DecoderCondition, on tape: Tape) {
        self.decoder = decoder
        scratch = tape.companion()
        let c = condition.vector
        let rows = DecoderRows(count: c.value.rows, beside: tape.arena)
        self.rows = rows
        packing = Packing(lengths: Array(repeating: 1, count: rows.count))
        layers = [GRUDecoder.Layer](decoder.layers).map { [scratch] layer in
            Layer(
                h: rows.kept(layer.initial(c, on: scratch).value),
                condition: rows.kept(layer.condition(c, on: scratch).value))
        }
        memory = decoder.attention.map { [scratch] in
            $0.codes.cached(condition.codes, in: rows.storage, on: scratch)
        }
        pace = decoder.pace.map { PaceState($0, condition: condition, rows: rows) }
    }

    func step(_ tokens: [Int32]) -> Tensor {
        scratch.reset()
        let arena = scratch.arena
        precondition(
            tokens.count == rows.count, "\(tokens.count) tokens for \(rows.count) sequences")
        var x: Tensor?
        for (index, layer) in decoder.layers.enumerated() {
            let state = layers[index]
            let next = arena.tensor(state.h.shape)
            if let x {
                layer.gru.step(
                    x, state: state.h, condition: state.condition, into: next, on: scratch)
            } else {
                let (products, places) = decoder.words(tokens, arena: arena)
                layer.gru.step(
                    products: products, rows: places, state: state.h, condition: state.condition,
                    into: next, on: scratch)
            }
            state.h.copy(from: next)
            x = next
        }
        guard let x else { preconditionFailure("a stack without layers") }
        return decoder.logits(
            Variable(constant: x), memory: memory, pace: pace?.next(packing, on: scratch),
            packing: packing, on: scratch)
    }

    func select(_ chosen: [Int]) {
        rows.select(chosen) { selected in
            for index in layers.indices {
                layers[index].h = selected(layers[index].h)
                layers[index].condition = selected(layers[index].condition)
            }
            memory = memory?.selected(selected)
            pace?.select(selected)
        }
        packing = Packing(lengths: Array(repeating: 1, count: rows.count))
    }
}
