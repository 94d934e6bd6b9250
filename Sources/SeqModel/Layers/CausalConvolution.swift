import CKernels
import Tensors

/// A dilated convolution in time that sees no later token, over packed sequences.
///
///     yₜ = b + Σ_j W[:, :, j] x_(t − (k − 1 − j)·dilation),   x before the first token is 0
///
/// `weight` `[out, in, k]` and `bias` `[out]` are those of PyTorch's `nn.Conv1d` on an input padded at its start by
/// (k − 1)·dilation zeros; both start uniform in ±1/√(in·k).
public struct CausalConvolution {
    /// W, `[out, in, k]`.
    public let weight: Parameter
    /// b, `[out]`.
    public let bias: Parameter
    /// The distance in time of neighbouring taps.
    public let dilation: Int

    /// A layer of `kernelSize` taps.
    public init(
        _ inputSize: Int, _ outputSize: Int, kernelSize: Int, dilation: Int,
        in scope: ParameterScope
    ) throws {
        let uniform = Initializer.uniform(bound: 1 / Float(inputSize * kernelSize).squareRoot())
        weight = try scope.parameter("weight", Shape(outputSize, inputSize, kernelSize), uniform)
        bias = try scope.parameter("bias", Shape(outputSize), uniform)
        self.dilation = dilation
    }

    /// How far back each tap looks, the present first.
    var delays: [Int] { (0..<weight.shape[2]).map { $0 * dilation } }

    /// W of the tap that looks back by `delays[index]`, `[out, in]`.
    func tap(_ index: Int) -> Tensor {
        let (outputs, inputs, taps) = (weight.shape[0], weight.shape[1], weight.shape[2])
        // The transpose of [out·in, k] holds one [out, in] after the other.
        let all = weight.transposed
        return Tensor(
            pointer: all.pointer + (taps - 1 - index) * outputs * inputs,
            shape: Shape(outputs, inputs))
    }

    /// The taps as products want them, `[in, out]`, the present first.
    func products(in arena: Arena) -> [Tensor] {
        delays.indices.map { index in
            let tap = tap(index)
            let result = arena.tensor(Shape(tap.columns, tap.rows))
            ck_transpose(result.pointer, tap.pointer, Int64(tap.rows), Int64(tap.columns))
            return result
        }
    }

    /// x `[N, in]` → `[N, out]`.
    public func callAsFunction(_ x: Variable, packing: Packing, on tape: Tape) -> Variable {
        let run = ConvolutionRun(layer: self, packing: packing, x: x, arena: tape.arena)
        let y = tape.arena.tensor(Shape(x.value.rows, weight.shape[0]))
        run.forward(y)
        return tape.record(y, operation: "convolution") { [unowned tape] dy in
            run.backward(dy, on: tape)
        }
    }
}

/// One pass of a layer over a packed sequence, and its pullback.
private struct ConvolutionRun {
    /// One tap: what it reads, and the rows of the result it adds to.
    struct Tap {
        let index: Int
        let rows: Range<Int>
        /// The row of x that each of these rows sees; none for the present, which sees its own.
        let source: UnsafePointer<Int32>?
        let input: Tensor
    }

    let layer: CausalConvolution
    let x: Variable
    let taps: [Tap]
    let products: [Tensor]

    init(layer: CausalConvolution, packing: Packing, x: Variable, arena: Arena) {
        self.layer = layer
        self.x = x
        products = layer.products(in: arena)
        taps = layer.delays.enumerated().compactMap { index, delay in
            guard delay > 0 else {
                return Tap(
                    index: index, rows: 0..<packing.tokenCount, source: nil, input: x.value)
            }
            guard delay < packing.maximumLength else { return nil }
            let rows = packing.offset(at: delay)..<packing.tokenCount
            let source = arena.int32(rows.count)
            for time in delay..<packing.maximumLength {
                let place = packing.offset(at: time) - rows.lowerBound
                for sequence in 0..<packing.rows(at: time) {
                    source[place + sequence] =
                        Int32(packing.row(sequence: sequence, time: time - delay))
                }
            }
            let start = TokenBatch.start(of: source)
            let input = arena.tensor(Shape(rows.count, x.value.columns))
            ck_gather_rows(
                input.pointer, x.value.pointer, start, Int64(rows.count),
                Int64(x.value.columns), 0)
            return Tap(index: index, rows: rows, source: start, input: input)
        }
    }

    func forward(_ y: Tensor) {
        ck_set_rows(y.pointer, layer.bias.value.pointer, Int64(y.rows), Int64(y.columns))
        for tap in taps {
            Matrix(y.rows(tap.rows)).assign(
                Matrix(tap.input), times: Matrix(products[tap.index]), accumulate: true)
        }
    }

    func backward(_ dy: Tensor, on tape: Tape) {
        let db = layer.bias.accumulator()
        ck_column_sum(
            db.tensor.pointer, dy.pointer, Int64(dy.rows), Int64(dy.columns), db.flag)
        accumulateWeight(dy, tape.arena)
        guard let dx = tape.accumulator(for: x) else { return }
        for tap in taps {
            let own = Matrix(dy.rows(tap.rows))
            let weight = Matrix(layer.tap(tap.index))
            guard let source = tap.source else {
                Matrix(dx.tensor).assign(own, times: weight, accumulate: dx.accumulate)
                continue
            }
            let flowing = tape.arena.tensor(tap.input.shape)
            Matrix(flowing).assign(own, times: weight)
            ck_scatter_add_rows(
                dx.tensor.pointer, flowing.pointer, source, Int64(flowing.rows),
                Int64(flowing.columns))
        }
    }

    private func accumulateWeight(_ dy: Tensor, _ arena: Arena) {
        let shape = layer.weight.shape
        let (size, count) = (shape[0] * shape[1], shape[2])
        let parts = arena.zeros(Shape(count, size))
        for tap in taps {
            let part = parts.rows(count - 1 - tap.index..<count - tap.index)
            Matrix(part.reshaped(Shape(shape[0], shape[1]))).assign(
                transposed: Matrix(dy.rows(tap.rows)), times: Matrix(tap.input))
        }
        let target = layer.weight.accumulator()
        let gradient = target.accumulate ? arena.tensor(shape) : target.tensor
        ck_transpose(gradient.pointer, parts.pointer, Int64(count), Int64(size))
        if target.accumulate { target.tensor.add(gradient) }
    }
}
