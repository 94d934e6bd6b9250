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
        let isLeaf: Bool
        let pullback: (Tensor) -> Void
    }
    private var entries: [Entry] = []
    private var gradients: [Tensor?] = []
    /// Gradients that have done their work, by their number of elements: their storage, still in the cache, serves the
    /// next ones.
    private var spent: [Int: [Tensor]] = [:]
    /// What pullbacks read by pointer.
    private var kept: [AnyObject] = []
    /// The slot whose pullback runs.
    private var playing: Int?

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

    /// A tape in the same precision that records nothing, on an arena of its own beside this one's.
    public func companion() -> Tape {
        Tape(arena: arena.companion(), isRecording: false, precision: precision)
    }

    /// Forgets the step and resets the arena.
    public func reset() {
        entries.removeAll(keepingCapacity: true)
        gradients.removeAll(keepingCapacity: true)
        spent.removeAll(keepingCapacity: true)
        kept.removeAll(keepingCapacity: true)
        arena.reset()
    }

    /// Keeps an object until the next ``reset()``: what owns storage that pullbacks read by pointer and that is not the
    /// arena's.
    public func keep(_ object: AnyObject) {
        guard isRecording, kept.last !== object else { return }
        kept.append(object)
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
        append(value, operation: operation, isLeaf: false, pullback: pullback)
    }

    private func append(
        _ value: Tensor, operation: StaticString, isLeaf: Bool,
        pullback: @escaping (Tensor) -> Void
    ) -> Variable {
        profiler?.lap(operation)
        guard isRecording else { return Variable(constant: value) }
        gradients.append(nil)
        entries.append(
            Entry(
                operation: operation, slot: gradients.count - 1, shape: value.shape,
                isLeaf: isLeaf, pullback: pullback))
        return Variable(value: value, slot: gradients.count - 1)
    }

    /// A leaf whose gradient can be read after the backward pass: an input under test, say.
    public func leaf(_ value: Tensor) -> Variable {
        append(value, operation: "leaf", isLeaf: true) { _ in }
    }

    /// Where to write or add a contribution to the gradient of `variable`; nil for a constant.
    public func accumulator(for variable: Variable) -> Accumulator? {
        guard variable.slot >= 0 else { return nil }
        if let gradient = gradients[variable.slot] {
            return Accumulator(tensor: gradient.reshaped(variable.shape), accumulate: true)
        }
        let gradient =
            spent[variable.shape.count]?.popLast()?.reshaped(variable.shape)
            ?? arena.tensor(variable.shape)
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

    /// As ``accumulate(_:into:scale:)`` for the gradient that a pullback was given, as the last thing it does: where
    /// that is the first contribution, its storage changes hands and nothing is copied.
    func handOver(_ gradient: Tensor, to variable: Variable) {
        guard let playing, variable.slot >= 0, gradients[variable.slot] == nil else {
            return accumulate(gradient, into: variable)
        }
        precondition(gradients[playing]?.pointer == gradient.pointer, "not the pullback's own")
        gradients[playing] = nil
        gradients[variable.slot] = gradient
    }

    /// ∂loss/∂variable of a ``leaf(_:)`` after ``backward(from:scale:)``; nil when no gradient reached it, and for results of
    /// operations, whose gradients are given up when they have been passed on.
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
                playing = entry.slot
                entry.pullback(gradient.reshaped(entry.shape))
                playing = nil
                if !entry.isLeaf, let spent = gradients[entry.slot] {
                    gradients[entry.slot] = nil
                    self.spent[spent.count, default: []].append(spent)
                }
                profiler?.lap(entry.operation, .backward)
            }
        }
    }
}
