import Tensors

/// y = f(x Wᵀ + b), with `weight` `[out, in]` and `bias` `[out]`.
///
/// Both start uniform in ±1/√in (PyTorch's `nn.Linear`).
public struct Linear {
    /// W, `[out, in]`.
    public let weight: Parameter
    /// b, `[out]`, or none.
    public let bias: Parameter?
    /// f.
    public let activation: Activation

    /// A layer from `inputSize` to `outputSize`.
    public init(
        _ inputSize: Int, _ outputSize: Int, bias: Bool = true, activation: Activation = .none,
        in scope: ParameterScope
    ) throws {
        let bound = 1 / Float(max(1, inputSize)).squareRoot()
        weight = try scope.parameter(
            "weight", Shape(outputSize, inputSize), .uniform(bound: bound))
        self.bias =
            try bias ? scope.parameter("bias", Shape(outputSize), .uniform(bound: bound)) : nil
        self.activation = activation
    }

    /// x `[…, in]` → `[rows, out]`.
    public func callAsFunction(_ x: Variable, on tape: Tape) -> Variable {
        tape.activation(activation, tape.linear(x, weight: weight, bias: bias))
    }
}
