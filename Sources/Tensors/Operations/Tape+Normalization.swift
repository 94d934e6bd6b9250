import CKernels

extension Tape {
    /// y = (x − mean)/√(variance + ε) · gain + bias over the last axis (Ba et al.
    ///
    /// 2016).
    public func layerNorm(
        _ x: Variable, gain: Parameter, bias: Parameter, epsilon: Float = 1e-5
    ) -> Variable {
        let (rows, columns) = (Int64(x.value.rows), Int64(x.value.columns))
        let y = arena.tensor(x.shape)
        let mean = arena.tensor(Shape(x.value.rows))
        let rstd = arena.tensor(Shape(x.value.rows))
        ck_layer_norm(
            y.pointer, mean.pointer, rstd.pointer, x.value.pointer, gain.value.pointer,
            bias.value.pointer, rows, columns, epsilon)
        return record(y) { [unowned self] dy in
            let dgain = gain.accumulator()
            let dbias = bias.accumulator()
            precondition(dgain.accumulate == dbias.accumulate, "gain and bias travel together")
            let dx = accumulatorOrScratch(for: x)
            ck_layer_norm_backward(
                dx.tensor.pointer, dgain.tensor.pointer, dbias.tensor.pointer, x.value.pointer,
                mean.pointer, rstd.pointer, gain.value.pointer, dy.pointer, rows, columns,
                dx.flag, dgain.flag)
        }
    }

    /// softmax over the last axis.
    public func softmax(_ x: Variable) -> Variable {
        let (rows, columns) = (Int64(x.value.rows), Int64(x.value.columns))
        let y = arena.tensor(x.shape)
        ck_softmax(y.pointer, x.value.pointer, rows, columns)
        return record(y) { [unowned self] dy in
            guard let dx = accumulator(for: x) else { return }
            ck_softmax_backward(
                dx.tensor.pointer, y.pointer, dy.pointer, rows, columns, dx.flag)
        }
    }

    /// log softmax over the last axis.
    public func logSoftmax(_ x: Variable) -> Variable {
        let (rows, columns) = (Int64(x.value.rows), Int64(x.value.columns))
        let y = arena.tensor(x.shape)
        ck_log_softmax(y.pointer, x.value.pointer, rows, columns)
        return record(y) { [unowned self] dy in
            guard let dx = accumulator(for: x) else { return }
            ck_log_softmax_backward(
                dx.tensor.pointer, y.pointer, dy.pointer, rows, columns, dx.flag)
        }
    }
}
