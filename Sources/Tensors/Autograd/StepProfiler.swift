/// Where the time of steps goes, by operation.
///
/// A lap timer: what passes between two calls of ``lap(_:_:)`` is counted for the operation named by the later one, so
/// the parts add up to the whole. A ``Tape`` that has a profiler laps at the end of every forward operation and of
/// every pullback; a training loop laps for what it does between.
public final class StepProfiler {
    /// When an operation ran.
    public enum Phase: Sendable {
        /// On the way to the loss.
        case forward
        /// On the way back.
        case backward
    }

    /// What was counted of one operation.
    public struct Line: Sendable {
        /// The operation.
        public let name: String
        /// Times it ended, forward, or backward where it has no forward part.
        public internal(set) var calls = 0
        /// Seconds on the way to the loss.
        public internal(set) var forward = 0.0
        /// Seconds on the way back.
        public internal(set) var backward = 0.0
        /// Seconds within matrix products.
        public internal(set) var productSeconds = 0.0
        /// Floating-point operations of its matrix products: 2·m·n·k each.
        public internal(set) var productOperations = 0.0

        /// Seconds in all.
        public var seconds: Double { forward + backward }

        init(name: String) { self.name = name }

        /// The sums of several lines.
        public init(name: String, sumOf lines: [Line]) {
            self.name = name
            for line in lines {
                calls += line.calls
                forward += line.forward
                backward += line.backward
                productSeconds += line.productSeconds
                productOperations += line.productOperations
            }
        }
    }

    /// What was counted, in the order of first appearance.
    public private(set) var lines: [Line] = []
    /// Steps made.
    public private(set) var steps = 0

    private let clock = ContinuousClock()
    private var last = ContinuousClock.now
    private var places: [String: Int] = [:]
    private var pending = (seconds: 0.0, operations: 0.0)

    /// A profiler that has seen nothing.
    public init() {}

    /// Begins a step: what passed before counts for nothing.
    public func beginStep() {
        steps += 1
        pending = (0, 0)
        last = clock.now
    }

    /// Counts the time since the last lap for an operation.
    ///
    /// A name such as `linear(_:weight:bias:)` is shortened to what stands before the parenthesis.
    public func lap(_ operation: StaticString, _ phase: Phase = .forward) {
        let now = clock.now
        let seconds = (now - last) / .seconds(1)
        let name = String("\(operation)".prefix { $0 != "(" })
        let place: Int
        if let known = places[name] {
            place = known
        } else {
            place = lines.count
            places[name] = place
            lines.append(Line(name: name))
        }
        switch phase {
        case .forward:
            lines[place].calls += 1
            lines[place].forward += seconds
        case .backward: lines[place].backward += seconds
        }
        lines[place].productSeconds += pending.seconds
        lines[place].productOperations += pending.operations
        pending = (0, 0)
        last = now
    }

    /// Runs a product of so many multiplications and counts it for the operation whose lap comes next.
    func product(multiplications: Int, _ body: () -> Void) {
        let start = clock.now
        body()
        pending.seconds += (clock.now - start) / .seconds(1)
        pending.operations += 2 * Double(multiplications)
    }
}
