import CKernels
import Tensors

/// The fused cell.
enum GRUStep {
    static func forward(
        layer: GRU, h: Tensor, gates: Tensor, hiddenN: Tensor, gi: Tensor, gh: Tensor,
        condition: Tensor?, previous: Tensor, rows: Int, previousRows: Int
    ) {
        ck_gru_forward(
            h.pointer, gates.pointer, hiddenN.pointer, gi.pointer, condition?.pointer, gh.pointer,
            layer.biasIH.value.pointer, layer.biasHH.value.pointer, previous.pointer, Int64(rows),
            Int64(previousRows), Int64(layer.hiddenSize))
    }

    /// The states h of a model in use, with nothing saved; row r reads row `index[r]` of gi, or its own.
    static func states(
        layer: GRU, h: Matrix, gi: Tensor, index: UnsafePointer<Int32>?, gh: Tensor,
        condition: Tensor?, previous: Matrix
    ) {
        ck_gru_states(
            h.pointer, Int64(h.stride), gi.pointer, index, condition?.pointer, gh.pointer,
            layer.biasIH.value.pointer, layer.biasHH.value.pointer, previous.pointer,
            Int64(previous.stride), Int64(h.rows), Int64(previous.rows), Int64(layer.hiddenSize))
    }
}

/// One pass of a layer over a packed sequence, and its pullback: backpropagation through time written out.
struct GRURun {
    let layer: GRU
    let packing: Packing
    let x: Variable
    let condition: Variable?
    let initial: Variable?

    private var width: Int { layer.hiddenSize }

    /// The time steps in the order the layer visits them.
    private var times: [Int] {
        layer.isReversed
            ? Array((0..<packing.maximumLength).reversed()) : Array(0..<packing.maximumLength)
    }

    /// The rows that carry a state into `time`, and where that state lies in `h`.
    private func previous(of time: Int, in h: Tensor) -> Tensor {
        let before = layer.isReversed ? time + 1 : time - 1
        if before >= 0 && before < packing.maximumLength {
            let rows = min(packing.rows(at: before), packing.rows(at: time))
            return h.rows(packing.offset(at: before)..<packing.offset(at: before) + rows)
        }
        return initial?.value ?? h.rows(0..<0)
    }

    private func rows(_ tensor: Tensor, at time: Int) -> Tensor {
        tensor.rows(packing.offset(at: time)..<packing.offset(at: time) + packing.rows(at: time))
    }

    func forward(on tape: Tape) -> Variable {
        let (tokens, arena) = (packing.tokenCount, tape.arena)
        let gi = arena.tensor(Shape(tokens, 3 * width))
        let gates = arena.tensor(Shape(tokens, 3 * width))
        let hiddenN = arena.tensor(Shape(tokens, width))
        let h = arena.tensor(Shape(tokens, width))
        let gh = arena.tensor(Shape(packing.batchSize, 3 * width))
        tape.multiply(Matrix(x.value), by: layer.weightIH, into: Matrix(gi))
        for time in times {
            let past = previous(of: time, in: h)
            if past.rows > 0 {
                tape.multiply(
                    Matrix(past), by: layer.weightHH, into: Matrix(gh.rows(0..<past.rows)))
            }
            GRUStep.forward(
                layer: layer, h: rows(h, at: time), gates: rows(gates, at: time),
                hiddenN: rows(hiddenN, at: time), gi: rows(gi, at: time), gh: gh,
                condition: condition?.value, previous: past, rows: packing.rows(at: time),
                previousRows: past.rows)
        }
        return tape.record(h, operation: "gru") { [unowned tape] dy in
            // gi has done its work, so its storage takes the gradient of gi.
            backward(dy, h: h, gates: gates, hiddenN: hiddenN, dgi: gi, on: tape)
        }
    }

    private func backward(
        _ dy: Tensor, h: Tensor, gates: Tensor, hiddenN: Tensor, dgi: Tensor, on tape: Tape
    ) {
        let (tokens, arena) = (packing.tokenCount, tape.arena)
        let dgh = arena.tensor(Shape(tokens, 3 * width))
        let dh = arena.tensor(Shape(tokens, width))
        let pasts = arena.tensor(Shape(tokens, width))
        let dpast = arena.tensor(Shape(packing.batchSize, width))
        dh.copy(from: dy)
        for time in times.reversed() {
            let past = previous(of: time, in: h)
            let (rowCount, pastCount) = (packing.rows(at: time), past.rows)
            ck_gru_backward(
                rows(dgi, at: time).pointer, rows(dgh, at: time).pointer, dpast.pointer,
                rows(dh, at: time).pointer, rows(gates, at: time).pointer,
                rows(hiddenN, at: time).pointer, past.pointer, Int64(rowCount), Int64(pastCount),
                Int64(width))
            let pastRows = rows(pasts, at: time)
            pastRows.rows(0..<pastCount).copy(from: past)
            pastRows.rows(pastCount..<rowCount).fill(0)
            guard pastCount > 0 else { continue }
            let flowing = dpast.rows(0..<pastCount)
            tape.multiplyBack(
                Matrix(rows(dgh, at: time).rows(0..<pastCount)), by: layer.weightHH,
                into: Matrix(flowing), accumulate: true)
            if let target = gradientOfPast(before: time, dh: dh, count: pastCount) {
                target.add(flowing)
            } else if let initial {
                tape.accumulate(flowing, into: initial)
            }
        }
        accumulateWeights(dgi: dgi, dgh: dgh, pasts: pasts, on: tape)
        if let condition, let dc = tape.accumulator(for: condition) {
            if !dc.accumulate { dc.tensor.fill(0) }
            for time in 0..<packing.maximumLength {
                dc.tensor.rows(0..<packing.rows(at: time)).add(rows(dgi, at: time))
            }
        }
        if let dx = tape.accumulator(for: x) {
            tape.multiplyBack(
                Matrix(dgi), by: layer.weightIH, into: Matrix(dx.tensor), accumulate: dx.accumulate)
        }
    }

    /// The part of `dh` that belongs to the state carried into `time`; nil when that is the initial state.
    private func gradientOfPast(before time: Int, dh: Tensor, count: Int) -> Tensor? {
        let before = layer.isReversed ? time + 1 : time - 1
        guard before >= 0 && before < packing.maximumLength else { return nil }
        return dh.rows(packing.offset(at: before)..<packing.offset(at: before) + count)
    }

    private func accumulateWeights(dgi: Tensor, dgh: Tensor, pasts: Tensor, on tape: Tape) {
        tape.accumulateOuter(Matrix(dgi), Matrix(x.value), into: layer.weightIH)
        tape.accumulateOuter(Matrix(dgh), Matrix(pasts), into: layer.weightHH)
        for (bias, gradient) in [(layer.biasIH, dgi), (layer.biasHH, dgh)] {
            let db = bias.accumulator()
            ck_column_sum(
                db.tensor.pointer, gradient.pointer, Int64(gradient.rows),
                Int64(gradient.columns), db.flag)
        }
    }
}
