/// The record of one step's operations, played backwards to find gradients.
///
/// Operations are coarse (a whole GRU layer over a sequence is one), written as a forward computation
/// and a pullback, so a tape holds tens of entries, not thousands:
/// ```swift
/// return tape.record(y) { dy in              // dy = ∂loss/∂y
///     if let dx = tape.accumulator(for: x) { … write or add to dx.tensor … }
/// }
/// ```
/// A tape that does not record computes values alone: that is how a model is used after training.
public final class Tape {
    /// The storage of every value and gradient of the step.
    public let arena: Arena

    /// Whether operations are recorded for a backward pass.
    public let isRecording: Bool

    /// Whether dropout and its kin are active.
    ///
    /// A recording tape trains; so may a ``detached`` one.
    public let isTraining: Bool

    /// The numbers that matrix products multiply.
    public let precision: Precision

    /// Told where the time goes, if anybody wants to know.
    public var profiler: StepProfiler?

    private struct Entry {
        let operation: StaticString
        let slot: Int
        let shape: Shape
        let pullback: (Tensor) -> Void
    }
    private var entries: [Entry] = []
    private var gradients: [Tensor?] = []

    /// A tape over an arena; one that records also trains unless told otherwise.
    public init(
        arena: Arena, isRecording: Bool, isTraining: Bool? = nil, precision: Precision = .fp32
    ) {
        self.arena = arena
        self.isRecording = isRecording
        self.isTraining = isTraining ?? isRecording
        self.precision = precision
    }

    /// A tape on the same arena that records nothing but behaves alike otherwise: for values whose gradient is
    /// not wanted.
    public var detached: Tape {
        let tape = Tape(
            arena: arena, isRecording: false, isTraining: isTraining, precision: precision)
        tape.profiler = profiler
        return tape
    }

    /// Forgets the step and resets the arena.
    public func reset() {
        entries.removeAll(keepingCapacity: true)
        gradients.removeAll(keepingCapacity: true)
        arena.reset()
    }

    /// Puts the result of an operation on the tape with its pullback, which is given ∂loss/∂value
    /// and must pass it on to the inputs.
    ///
    /// The pullback is dropped when nothing is recorded. Profiles call it by the name of the function that records it,
    /// or as `operation` says.
    public func record(
        _ value: Tensor, operation: StaticString = #function,
        pullback: @escaping (Tensor) -> Void
    ) -> Variable {
        profiler?.lap(operation)
        guard isRecording else { return Variable(constant: value) }
        gradients.append(nil)
        entries.append(
            Entry(
                operation: operation, slot: gradients.count - 1, shape: value.shape,
                pullback: pullback))
        return Variable(value: value, slot: gradients.count - 1)
    }

    /// A leaf whose gradient can be read after the backward pass: an input under test, say.
    public func leaf(_ value: Tensor) -> Variable { record(value) { _ in } }

    /// Where to write or add a contribution to the gradient of `variable`; nil for a constant.
    public func accumulator(for variable: Variable) -> Accumulator? {
        guard variable.slot >= 0 else { return nil }
        if let gradient = gradients[variable.slot] {
            return Accumulator(tensor: gradient.reshaped(variable.shape), accumulate: true)
        }
        let gradient = arena.tensor(variable.shape)
        gradients[variable.slot] = gradient
        return Accumulator(tensor: gradient, accumulate: false)
    }

    /// As ``accumulator(for:)``, with throw-away storage for a constant: for kernels that write all their
    /// gradients at once.
    public func accumulatorOrScratch(for variable: Variable) -> Accumulator {
        accumulator(for: variable)
            ?? Accumulator(tensor: arena.tensor(variable.shape), accumulate: false)
    }

    /// Adds `gradient` to the gradient of `variable`.
    public func accumulate(_ gradient: Tensor, into variable: Variable, scale: Float = 1) {
        guard let target = accumulator(for: variable) else { return }
        target.tensor.assign(scale, times: gradient, accumulate: target.accumulate)
    }

    /// ∂loss/∂variable after ``backward(from:scale:)``; nil when no gradient reached it.
    public func gradient(of variable: Variable) -> Tensor? {
        guard variable.slot >= 0 else { return nil }
        return gradients[variable.slot]?.reshaped(variable.shape)
    }

    /// Plays the tape backwards from a loss, times `scale`; a loss with several elements is summed.
    public func backward(from loss: Variable, scale: Float = 1) {
        precondition(isRecording, "this tape recorded nothing")
        guard let seed = accumulator(for: loss) else { return }
        seed.tensor.fill(scale)
        for entry in entries.reversed() {
            // A user of the variable may have seen it under another shape.
            if let gradient = gradients[entry.slot] {
                entry.pullback(gradient.reshaped(entry.shape))
                profiler?.lap(entry.operation, .backward)
            }
        }
    }
}
