import CKernels

// The three products of a linear map y = x Wᵀ and its gradients, in the tape's precision.
extension Tape {
    /// y = x Wᵀ + b for x `[rows, in]`, W `[out, in]`, b `[out]`, y `[rows, out]`, which is contiguous.
    public func multiply(
        _ x: Matrix, by weight: Parameter, bias: Parameter, into y: Matrix
    ) {
        precondition(y.stride == y.columns && bias.shape.count == y.columns)
        if precision == .bf16 {
            profiling(x.rows * x.columns * y.columns) {
                y.assign(x, times: weight.packedTransposed, bias: bias.value)
            }
        } else {
            ck_set_rows(y.pointer, bias.value.pointer, Int64(y.rows), Int64(y.columns))
            multiply(x, by: weight, into: y, accumulate: true)
        }
    }

    /// y = x Wᵀ, or y += x Wᵀ, for x `[rows, in]`, W `[out, in]`, y `[rows, out]`.
    public func multiply(
        _ x: Matrix, by weight: Parameter, into y: Matrix, accumulate: Bool = false
    ) {
        profiling(x.rows * x.columns * y.columns) {
            switch precision {
            case .fp32 where isInUse:
                y.assign(x, timesTransposed: weight, accumulate: accumulate)
            case .fp32: y.assign(x, times: Matrix(weight.transposed), accumulate: accumulate)
            case .bf16: y.assign(x, times: weight.packedTransposed, accumulate: accumulate)
            }
        }
    }

    /// dx = dy W, or dx += dy W: the gradient of ``multiply(_:by:into:accumulate:)`` for its input.
    public func multiplyBack(
        _ dy: Matrix, by weight: Parameter, into dx: Matrix, accumulate: Bool = false
    ) {
        profiling(dy.rows * dy.columns * dx.columns) {
            switch precision {
            case .fp32: dx.assign(dy, times: Matrix(weight.value), accumulate: accumulate)
            case .bf16: dx.assign(dy, times: weight.packed, accumulate: accumulate)
            }
        }
    }

    /// dW = dyᵀ x, or dW += dyᵀ x: the gradient of ``multiply(_:by:into:accumulate:)`` for its weight.
    public func multiplyOuter(
        _ dy: Matrix, _ x: Matrix, into dw: Matrix, accumulate: Bool = false
    ) {
        profiling(dy.rows * dy.columns * x.columns) {
            switch precision {
            case .fp32: dw.assign(transposed: dy, times: x, accumulate: accumulate)
            case .bf16:
                arena.scratch {
                    dw.assign(transposed: dy, times: arena.packed(x), accumulate: accumulate)
                }
            }
        }
    }

    /// dx = dy W for dy in bf16, whatever the tape's precision.
    public func multiplyBack(_ dy: RoundedMatrix, by weight: Parameter, into dx: Matrix) {
        profiling(dy.rows * dy.columns * dx.columns) { dx.assign(dy, times: weight.packed) }
    }

    /// dW = dyᵀ x, or dW += dyᵀ x, for dy in bf16, whatever the tape's precision.
    public func multiplyOuter(
        _ dy: RoundedMatrix, _ x: Matrix, into dw: Matrix, accumulate: Bool = false
    ) {
        profiling(dy.rows * dy.columns * x.columns) {
            arena.scratch {
                dw.assign(transposed: dy, times: arena.packed(x), accumulate: accumulate)
            }
        }
    }

    /// Writes or adds dyᵀ x to the gradient of `weight`.
    public func accumulateOuter(_ dy: Matrix, _ x: Matrix, into weight: Parameter) {
        let dw = weight.accumulator()
        multiplyOuter(dy, x, into: Matrix(dw.tensor), accumulate: dw.accumulate)
    }

    /// Whether nothing is recorded and nobody trains.
    private var isInUse: Bool { !isRecording && !isTraining }

    /// Runs products, telling the profiler, if there is one, of their size.
    func profiling(_ multiplications: Int, _ products: () -> Void) {
        guard let profiler else { return products() }
        profiler.product(multiplications: multiplications, products)
    }
}
