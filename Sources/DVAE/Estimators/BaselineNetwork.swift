import SeqModel
import Tensors

/// A small net that guesses f of an example from its posterior: logits `[B, D·K]` → tanh, `[B, H]` → `[B]`.
///
/// The logits enter as numbers: no gradient goes back to the encoder. The last layer starts at 0, so that the net begins
/// as the moving average it is added to.
public struct BaselineNetwork {
    private let hidden: Linear
    private let weight: Parameter
    private let bias: Parameter

    /// A net for a grid of these sizes with H hidden units.
    public init(
        latentCount: Int, categoryCount: Int, hiddenSize: Int, in scope: ParameterScope
    ) throws {
        hidden = try Linear(
            latentCount * categoryCount, hiddenSize, activation: .tanh, in: scope.scope("hidden"))
        weight = try scope.parameter("weight", Shape(1, hiddenSize), .constant(0))
        bias = try scope.parameter("bias", Shape(1), .constant(0))
    }

    /// The guess for each example, `[B]`.
    public func callAsFunction(_ posterior: CategoricalGrid, on tape: Tape) -> Variable {
        let cells = posterior.latentCount * posterior.categoryCount
        let logits = posterior.logits.value.reshaped(Shape(posterior.batchSize, cells))
        return tape.linear(
            hidden(Variable(constant: logits), on: tape), weight: weight, bias: bias
        ).reshaped(Shape(posterior.batchSize))
    }
}
