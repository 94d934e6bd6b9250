import CKernels
import Tensors

/// The recurrent states of sequences being decoded.
final class GRUDecoderState: DecoderState {
    private let decoder: GRUDecoder
    private let scratch = Tape(arena: Arena(), isRecording: false)
    /// Holds states and condition products; the spare one receives them when rows are selected.
    private var storage = Arena()
    private var spare = Arena()
    private var states: [Tensor]
    private var nextStates: [Tensor]
    private var conditions: [Tensor]
    private var rowCount: Int

    init(_ decoder: GRUDecoder, condition: DecoderCondition) {
        self.decoder = decoder
        let c = condition.vector
        rowCount = c.value.rows
        states = []
        nextStates = []
        conditions = []
        for layer in decoder.layers {
            states.append(copy(layer.initial(c, on: scratch).value, to: storage))
            nextStates.append(storage.tensor(Shape(rowCount, layer.gru.hiddenSize)))
            conditions.append(copy(layer.condition(c, on: scratch).value, to: storage))
        }
    }

    func step(_ tokens: [Int32]) -> Tensor {
        precondition(tokens.count == rowCount, "\(tokens.count) tokens for \(rowCount) sequences")
        scratch.reset()
        var x = tokens.withUnsafeBufferPointer { ids -> Tensor in
            guard let base = ids.baseAddress else {
                return scratch.arena.tensor(Shape(0, decoder.embedding.weight.shape[1]))
            }
            return decoder.embedding(base, count: rowCount, on: scratch).value
        }
        for (index, layer) in decoder.layers.enumerated() {
            layer.gru.step(
                x, state: states[index], condition: conditions[index], into: nextStates[index],
                arena: scratch.arena)
            swap(&states[index], &nextStates[index])
            x = states[index]
        }
        return decoder.logits(x, on: scratch)
    }

    func select(_ rows: [Int]) {
        spare.reset()
        let index = rows.map { Int32($0) }
        func selected(_ tensor: Tensor) -> Tensor {
            let result = spare.tensor(Shape(rows.count, tensor.columns))
            ck_gather_rows(
                result.pointer, tensor.pointer, index, Int64(rows.count), Int64(tensor.columns), 0)
            return result
        }
        states = states.map(selected)
        conditions = conditions.map(selected)
        nextStates = states.map { spare.tensor($0.shape) }
        rowCount = rows.count
        swap(&storage, &spare)
    }

    private func copy(_ tensor: Tensor, to arena: Arena) -> Tensor {
        let result = arena.tensor(tensor.shape)
        result.copy(from: tensor)
        return result
    }
}
