import Tensors

/// The states of sequences being decoded by long short-term memories.
final class LSTMDecoderState: DecoderState {
    private struct Layer {
        var h: Tensor
        var c: Tensor
        var condition: Tensor
    }

    private let decoder: LSTMDecoder
    private let scratch: Tape
    private let rows: DecoderRows
    private var layers: [Layer]

    init(_ decoder: LSTMDecoder, condition: DecoderCondition, on tape: Tape) {
        self.decoder = decoder
        scratch = tape.companion()
        let rows = DecoderRows(count: condition.vector.value.rows, beside: tape.arena)
        self.rows = rows
        layers = [LSTMDecoder.Layer](decoder.layers).map { [scratch] layer in
            let state = layer.state(condition.vector, on: scratch)
            let product = layer.condition(condition.vector, on: scratch)
            return Layer(
                h: rows.kept(state.h.value), c: rows.kept(state.c.value),
                condition: rows.kept(product.value))
        }
    }

    func step(_ tokens: [Int32]) -> Tensor {
        scratch.reset()
        var x = decoder.embedding(rows.checked(tokens, on: scratch), count: rows.count, on: scratch)
        for (index, layer) in decoder.layers.enumerated() {
            let state = layers[index]
            let next = (
                h: scratch.arena.tensor(state.h.shape), c: scratch.arena.tensor(state.c.shape)
            )
            layer.lstm.step(
                x.value, h: state.h, c: state.c, condition: state.condition, into: next,
                on: scratch)
            state.h.copy(from: next.h)
            state.c.copy(from: next.c)
            x = Variable(constant: next.h)
        }
        return decoder.output.logits(x, on: scratch)
    }

    func select(_ chosen: [Int]) {
        rows.select(chosen) { selected in
            for index in layers.indices {
                layers[index].h = selected(layers[index].h)
                layers[index].c = selected(layers[index].c)
                layers[index].condition = selected(layers[index].condition)
            }
        }
    }
}
