import Tensors

extension GRU {
    /// Writes the states of a whole packed sequence, of which nothing else is kept, to `h`, `[N, H]`, whose rows may lie
    /// apart: both directions of a layer side by side, say.
    ///
    /// Arguments as for ``callAsFunction(_:packing:condition:initial:rows:on:)``.
    func states(
        of x: Tensor, packing: Packing, condition: Tensor? = nil, initial: Tensor? = nil,
        rows: [Int32]? = nil, into h: Matrix, on tape: Tape
    ) {
        let gi = tape.arena.tensor(Shape(x.rows, 3 * hiddenSize))
        tape.multiply(Matrix(x), by: weightIH, into: Matrix(gi))
        states(
            products: gi, packing: packing, condition: condition, initial: initial, rows: rows,
            into: h, on: tape)
    }

    /// The same with W_i x given, `[N, 3H]`, or `[…, 3H]` with the row of each token among them.
    func states(
        products gi: Tensor, packing: Packing, condition: Tensor? = nil, initial: Tensor? = nil,
        rows: [Int32]? = nil, into h: Matrix, on tape: Tape
    ) {
        precondition(rows.map { $0.count == packing.tokenCount } ?? true, "a row for each token")
        let gh = tape.arena.tensor(Shape(packing.batchSize, 3 * hiddenSize))
        let times = 0..<packing.maximumLength
        var past = initial.map { Matrix($0) } ?? h.rows(0..<0)
        func step(_ time: Int, index: UnsafePointer<Int32>?) {
            let (first, count) = (packing.offset(at: time), packing.rows(at: time))
            let now = h.rows(first..<first + count)
            past = past.rows(0..<min(past.rows, count))
            if past.rows > 0 {
                tape.multiply(past, by: weightHH, into: Matrix(gh.rows(0..<past.rows)))
            }
            GRUStep.states(
                layer: self, h: now,
                gi: index == nil ? gi.rows(first..<first + count) : gi,
                index: index.map { $0 + first }, gh: gh, condition: condition, previous: past)
            past = now
        }
        func run(index: UnsafePointer<Int32>?) {
            if isReversed {
                for time in times.reversed() { step(time, index: index) }
            } else {
                for time in times { step(time, index: index) }
            }
        }
        if let rows {
            rows.withUnsafeBufferPointer { run(index: $0.baseAddress) }
        } else {
            run(index: nil)
        }
    }
}
