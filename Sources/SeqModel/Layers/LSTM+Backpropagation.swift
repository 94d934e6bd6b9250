import CKernels
import Tensors

/// One pass of a layer over a packed sequence, and its pullback: backpropagation through time written out.
struct LSTMRun {
    let layer: LSTM
    let packing: Packing
    let x: Variable
    let condition: Variable?
    let initial: LSTM.State?

    private var width: Int { layer.hiddenSize }

    /// The time steps in the order the layer visits them.
    private var times: [Int] {
        let times = Array(0..<packing.maximumLength)
        return layer.isReversed ? times.reversed() : times
    }

    /// The rows of the step visited before `time` whose sequences go on; nil before the first.
    private func previousRows(of time: Int) -> Range<Int>? {
        let before = layer.isReversed ? time + 1 : time - 1
        guard before >= 0 && before < packing.maximumLength else { return nil }
        let count = min(packing.rows(at: before), packing.rows(at: time))
        return packing.offset(at: before)..<packing.offset(at: before) + count
    }

    /// The state carried into `time`: rows of `tensor`, or else the first state; empty for zeros.
    private func previous(of time: Int, in tensor: Tensor, or first: Tensor?) -> Tensor {
        previousRows(of: time).map { tensor.rows($0) } ?? first ?? tensor.rows(0..<0)
    }

    private func rows(_ tensor: Tensor, at time: Int) -> Tensor {
        tensor.rows(packing.offset(at: time)..<packing.offset(at: time) + packing.rows(at: time))
    }

    func forward(on tape: Tape) -> Variable {
        let (tokens, arena) = (packing.tokenCount, tape.arena)
        let gi = arena.tensor(Shape(tokens, 4 * width))
        let gates = arena.tensor(Shape(tokens, 4 * width))
        let c = arena.tensor(Shape(tokens, width))
        let h = arena.tensor(Shape(tokens, width))
        let gh = arena.tensor(Shape(packing.batchSize, 4 * width))
        tape.multiply(Matrix(x.value), by: layer.weightIH, into: Matrix(gi))
        for time in times {
            let past = previous(of: time, in: h, or: initial?.h.value)
            if past.rows > 0 {
                tape.multiply(
                    Matrix(past), by: layer.weightHH, into: Matrix(gh.rows(0..<past.rows)))
            }
            layer.advance(
                h: rows(h, at: time), c: rows(c, at: time), gates: rows(gates, at: time),
                gi: rows(gi, at: time), gh: gh, condition: condition?.value,
                previous: previous(of: time, in: c, or: initial?.c.value), previousRows: past.rows)
        }
        return tape.record(h, operation: "lstm") { [unowned tape] dy in
            // gi has done its work, so its storage takes the gradient of the gates.
            backward(dy, h: h, c: c, gates: gates, dgates: gi, on: tape)
        }
    }

    private func backward(
        _ dy: Tensor, h: Tensor, c: Tensor, gates: Tensor, dgates: Tensor, on tape: Tape
    ) {
        let (tokens, arena) = (packing.tokenCount, tape.arena)
        let dh = arena.tensor(Shape(tokens, width))
        let pasts = arena.tensor(Shape(tokens, width))
        // What flows back through the cells of the sequences; those that end later start from zero.
        let dc = arena.zeros(Shape(packing.batchSize, width))
        dh.copy(from: dy)
        for time in times.reversed() {
            let past = previous(of: time, in: h, or: initial?.h.value)
            let (rowCount, pastCount) = (packing.rows(at: time), past.rows)
            let dgate = rows(dgates, at: time)
            ck_lstm_backward(
                dgate.pointer, dc.pointer, rows(dh, at: time).pointer,
                rows(gates, at: time).pointer, rows(c, at: time).pointer,
                previous(of: time, in: c, or: initial?.c.value).pointer, Int64(rowCount),
                Int64(pastCount), Int64(width))
            let pastRows = rows(pasts, at: time)
            pastRows.rows(0..<pastCount).copy(from: past)
            pastRows.rows(pastCount..<rowCount).fill(0)
            let flowing = Matrix(dgate.rows(0..<pastCount))
            if let before = previousRows(of: time) {
                tape.multiplyBack(
                    flowing, by: layer.weightHH, into: Matrix(dh.rows(before)), accumulate: true)
            } else if let initial {
                if let dh = tape.accumulator(for: initial.h) {
                    tape.multiplyBack(
                        flowing, by: layer.weightHH, into: Matrix(dh.tensor),
                        accumulate: dh.accumulate)
                }
                tape.accumulate(dc, into: initial.c)
            }
        }
        accumulateWeights(dgates: dgates, pasts: pasts, on: tape)
        if let condition, let target = tape.accumulator(for: condition) {
            if !target.accumulate { target.tensor.fill(0) }
            for time in 0..<packing.maximumLength {
                target.tensor.rows(0..<packing.rows(at: time)).add(rows(dgates, at: time))
            }
        }
        if let dx = tape.accumulator(for: x) {
            tape.multiplyBack(
                Matrix(dgates), by: layer.weightIH, into: Matrix(dx.tensor),
                accumulate: dx.accumulate)
        }
    }

    private func accumulateWeights(dgates: Tensor, pasts: Tensor, on tape: Tape) {
        tape.accumulateOuter(Matrix(dgates), Matrix(x.value), into: layer.weightIH)
        tape.accumulateOuter(Matrix(dgates), Matrix(pasts), into: layer.weightHH)
        for bias in [layer.biasIH, layer.biasHH] {
            let db = bias.accumulator()
            ck_column_sum(
                db.tensor.pointer, dgates.pointer, Int64(dgates.rows), Int64(dgates.columns),
                db.flag)
        }
    }
}
