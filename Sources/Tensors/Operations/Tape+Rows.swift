import CKernels

extension Tape {
    /// y[i, :] = table[index[i], :], an embedding lookup; table `[V, E]`, y `[count, E]`.
    ///
    /// Indexes must be valid and stay where they are until the backward pass.
    public func embedding(
        _ table: Parameter, _ index: UnsafePointer<Int32>, count: Int
    ) -> Variable {
        let y = arena.tensor(Shape(count, table.shape[1]))
        let columns = Int64(y.columns)
        ck_gather_rows(y.pointer, table.value.pointer, index, Int64(count), columns, 0)
        return record(y) { dy in
            let gradient = table.accumulator()
            if !gradient.accumulate { gradient.tensor.fill(0) }
            ck_scatter_add_rows(
                gradient.tensor.pointer, dy.pointer, index, Int64(count), columns)
        }
    }

    /// y[i, :] = x[index[i], :].
    public func gatherRows(
        _ x: Variable, _ index: UnsafePointer<Int32>, count: Int
    ) -> Variable {
        let y = arena.tensor(Shape(count, x.value.columns))
        let columns = Int64(y.columns)
        ck_gather_rows(y.pointer, x.value.pointer, index, Int64(count), columns, 0)
        return record(y) { [unowned self] dy in
            guard let dx = accumulator(for: x) else { return }
            if !dx.accumulate { dx.tensor.fill(0) }
            ck_scatter_add_rows(dx.tensor.pointer, dy.pointer, index, Int64(count), columns)
        }
    }

    /// a above b: a `[m, columns]`, b `[n, columns]`, result `[m + n, columns]`.
    public func concatenateRows(_ a: Variable, _ b: Variable) -> Variable {
        let (m, n) = (a.value.rows, b.value.rows)
        precondition(a.value.columns == b.value.columns, "\(a.shape) above \(b.shape)")
        let y = arena.tensor(Shape(m + n, a.value.columns))
        y.rows(0..<m).copy(from: a.value)
        y.rows(m..<m + n).copy(from: b.value)
        return record(y) { [unowned self] dy in
            accumulate(dy.rows(0..<m), into: a)
            accumulate(dy.rows(m..<m + n), into: b)
        }
    }

    /// The last `count` rows of x, where they lie.
    public func lastRows(_ count: Int, of x: Variable) -> Variable {
        let first = x.value.rows - count
        return record(x.value.rows(first..<x.value.rows)) { [unowned self] dy in
            guard let dx = accumulator(for: x) else { return }
            if !dx.accumulate { dx.tensor.rows(0..<first).fill(0) }
            dx.tensor.rows(first..<dx.tensor.rows).assign(1, times: dy, accumulate: dx.accumulate)
        }
    }

    /// [a, b] side by side: a `[rows, m]`, b `[rows, n]`, result `[rows, m + n]`.
    public func concatenateColumns(_ a: Variable, _ b: Variable) -> Variable {
        let (rows, m, n) = (a.value.rows, a.value.columns, b.value.columns)
        precondition(b.value.rows == rows, "\(a.shape) beside \(b.shape)")
        let y = arena.tensor(Shape(rows, m + n))
        let parts = [(a, m, 0), (b, n, m)]
        for (part, width, offset) in parts {
            ck_copy_columns(
                y.pointer + offset, Int64(m + n), part.value.pointer, Int64(width), Int64(rows),
                Int64(width), 0)
        }
        return record(y) { [unowned self] dy in
            for (part, width, offset) in parts {
                guard let target = accumulator(for: part) else { continue }
                ck_copy_columns(
                    target.tensor.pointer, Int64(width), dy.pointer + offset, Int64(m + n),
                    Int64(rows), Int64(width), target.flag)
            }
        }
    }
}
