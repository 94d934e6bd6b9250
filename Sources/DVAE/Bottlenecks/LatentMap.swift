import Tensors

/// A linear map for each latent: y_d = x_d W_d + c_d, with `weight` `[D, in, out]` and `bias` `[D, out]`.
struct LatentMap {
    private let weight: Parameter
    private let bias: Parameter

    /// D maps from `inputSize` to `outputSize` numbers; weights start uniform in ±1/√in, biases at 0.
    init(
        _ latentCount: Int, from inputSize: Int, to outputSize: Int, in scope: ParameterScope
    ) throws {
        weight = try scope.parameter(
            "weight", Shape(latentCount, inputSize, outputSize),
            .uniform(bound: 1 / Float(inputSize).squareRoot()))
        bias = try scope.parameter("bias", Shape(latentCount, outputSize), .constant(0))
    }

    /// D.
    var latentCount: Int { weight.shape[0] }

    /// x `[B, D, in]` → `[B, D, out]`.
    func callAsFunction(_ x: Variable, on tape: Tape) -> Variable {
        tape.groupedLinear(x, weight: weight, bias: bias)
    }

    /// x `[R, in]` → `[R, out]` by the map of one latent.
    func apply(_ latent: Int, to x: Tensor, into y: Tensor) {
        let (inputs, outputs) = (weight.shape[1], weight.shape[2])
        for row in 0..<y.rows {
            (y.pointer + row * outputs).update(
                from: bias.value.pointer + latent * outputs, count: outputs)
        }
        let slice = Matrix(
            pointer: weight.value.pointer + latent * inputs * outputs, rows: inputs,
            columns: outputs, stride: outputs)
        Matrix(y).assign(Matrix(x), times: slice, accumulate: true)
    }
}

extension Variable {
    /// `[B, D, E]` as `[B, D·E]`.
    var joined: Variable { reshaped(Shape(shape[0], shape[1] * shape[2])) }
}
