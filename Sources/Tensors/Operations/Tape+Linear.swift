import CKernels

extension Tape {
    /// y = x Wᵀ + b for x `[…, in]`, W `[out, in]`, b `[out]`; y `[rows, out]`.
    public func linear(_ x: Variable, weight: Parameter, bias: Parameter? = nil) -> Variable {
        let rows = x.value.rows
        let y = arena.tensor(Shape(rows, weight.shape[0]))
        if let bias {
            multiply(Matrix(x.value), by: weight, bias: bias, into: Matrix(y))
        } else {
            multiply(Matrix(x.value), by: weight, into: Matrix(y))
        }
        return record(y) { [unowned self] dy in
            accumulateOuter(Matrix(dy), Matrix(x.value), into: weight)
            if let db = bias?.accumulator() {
                ck_column_sum(
                    db.tensor.pointer, dy.pointer, Int64(rows), Int64(dy.columns), db.flag)
            }
            if let dx = accumulator(for: x) {
                multiplyBack(
                    Matrix(dy), by: weight, into: Matrix(dx.tensor), accumulate: dx.accumulate)
            }
        }
    }

    /// One linear map per group, always in fp32: y[b, g, :] = x[b, g, :] · W[g] + c[g], for x `[B, G, in]`, W `[G, in, out]`,
    /// c `[G, out]`; y `[B, G, out]`.
    public func groupedLinear(_ x: Variable, weight: Parameter, bias: Parameter? = nil) -> Variable
    {
        let (groups, inputs, outputs) = (weight.shape[0], weight.shape[1], weight.shape[2])
        let batch = x.value.count / (groups * inputs)
        let y = arena.tensor(Shape(batch, groups, outputs))
        if let bias {
            ck_set_rows(
                y.pointer, bias.value.pointer, Int64(batch), Int64(groups * outputs))
        }
        let multiplications = batch * groups * inputs * outputs
        profiling(multiplications) {
            if !isRecording && PanelMatrix.areFast {
                ck_grouped_product(
                    y.pointer, x.value.pointer, weight.value.pointer, Int64(batch), Int64(groups),
                    Int64(outputs), Int64(inputs), bias == nil ? 0 : 1)
                return
            }
            for group in 0..<groups {
                Matrix.group(group, of: y, groups).assign(
                    .group(group, of: x.value, groups), times: .slice(group, of: weight.value),
                    accumulate: bias != nil)
            }
        }
        return record(y) { [unowned self] dy in
            let dw = weight.accumulator()
            profiling(multiplications) {
                for group in 0..<groups {
                    Matrix.slice(group, of: dw.tensor).assign(
                        transposed: .group(group, of: x.value, groups),
                        times: .group(group, of: dy, groups), accumulate: dw.accumulate)
                }
            }
            if let db = bias?.accumulator() {
                ck_column_sum(
                    db.tensor.pointer, dy.pointer, Int64(batch), Int64(groups * outputs), db.flag)
            }
            if let dx = accumulator(for: x) {
                let transposed = arena.tensor(Shape(outputs, inputs))
                for group in 0..<groups {
                    ck_transpose(
                        transposed.pointer, weight.value.pointer + group * inputs * outputs,
                        Int64(inputs), Int64(outputs))
                    profiling(multiplications / groups) {
                        Matrix.group(group, of: dx.tensor, groups).assign(
                            .group(group, of: dy, groups), times: Matrix(transposed),
                            accumulate: dx.accumulate)
                    }
                }
            }
        }
    }
}

extension Matrix {
    /// Columns of group `index` when a tensor is seen as `[B, groups, width]`.
    fileprivate static func group(_ index: Int, of tensor: Tensor, _ groups: Int) -> Matrix {
        let width = tensor.columns
        return Matrix(
            pointer: tensor.pointer + index * width, rows: tensor.count / (groups * width),
            columns: width, stride: groups * width)
    }

    /// Matrix `index` of a `[G, rows, columns]` tensor.
    fileprivate static func slice(_ index: Int, of tensor: Tensor) -> Matrix {
        let (rows, columns) = (tensor.shape[1], tensor.shape[2])
        return Matrix(
            pointer: tensor.pointer + index * rows * columns, rows: rows, columns: columns,
            stride: columns)
    }
}
