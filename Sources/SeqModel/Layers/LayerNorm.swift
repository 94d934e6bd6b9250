import Tensors

/// y = (x − mean)/√(variance + ε) · weight + bias over the last axis (Ba, Kiros and Hinton 2016, arXiv 1607.06450).
public struct LayerNorm {
    /// The gain, `[width]`, starting at 1.
    public let weight: Parameter
    /// The offset, `[width]`, starting at 0.
    public let bias: Parameter
    /// ε.
    public let epsilon: Float

    /// A layer over vectors of `width` numbers.
    public init(_ width: Int, epsilon: Float = 1e-5, in scope: ParameterScope) throws {
        weight = try scope.parameter("weight", Shape(width), .constant(1))
        bias = try scope.parameter("bias", Shape(width), .constant(0))
        self.epsilon = epsilon
    }

    /// x `[…, width]` → the same shape.
    public func callAsFunction(_ x: Variable, on tape: Tape) -> Variable {
        tape.layerNorm(x, gain: weight, bias: bias, epsilon: epsilon)
    }
}
