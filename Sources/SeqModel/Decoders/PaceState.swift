import Tensors

/// The pace of sequences being decoded side by side.
final class PaceState {
    private let pace: Pace
    private var logLength: Tensor
    /// The step to come.
    private var step = 0

    init(_ pace: Pace, condition: DecoderCondition, rows: DecoderRows) {
        self.pace = pace
        logLength = rows.kept(condition.logLengths.reshaped(Shape(rows.count, 1)))
    }

    /// φ of the next step of every sequence, `[R, F]`, for a packing of one step each.
    func next(_ packing: Packing, on tape: Tape) -> Variable {
        defer { step += 1 }
        return Variable(
            constant: pace(logLength, packing: packing, from: step, in: tape.arena))
    }

    /// Keeps the rows that `selected` keeps.
    func select(_ selected: (Tensor) -> Tensor) { logLength = selected(logLength) }
}
