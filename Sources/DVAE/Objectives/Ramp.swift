import RealModule
import SeqModel

/// A value that moves from `start` to `end` over `steps` steps and stays there, once or in cycles.
///
///     place = fraction of (cycles · step / steps),      progress = min(1, place / ratio)
///     linear: start + (end − start) · progress,         exponential: start · (end / start)^progress
///
/// In configurations: a number for a constant, or `{"start": 0, "end": 0.3, "steps": 3000}` with `shape`, `cycles` and
/// `ratio` where they are not `linear`, 1 and 1. With four cycles and a ratio of ½ it is the cyclical schedule of Fu, Li,
/// Liu, Gao, Celikyilmaz and Carin 2019 (arXiv 1903.10145).
public struct Ramp: Sendable, Equatable {
    /// How the way is walked.
    public enum Shape: String, Codable, Sendable, CaseIterable {
        /// The same difference at every step.
        case linear
        /// The same factor at every step.
        case exponential
    }

    /// The value at step 0.
    public var start: Float
    /// The value from step `steps` on.
    public var end: Float
    /// The length of all cycles together.
    public var steps: Int
    /// How the way is walked.
    public var shape = Shape.linear
    /// How often the way is walked, each time from `start` again.
    public var cycles = 1
    /// The share of a cycle that the way takes; the value rests at `end` for the remainder.
    public var ratio: Float = 1

    /// A way.
    public init(
        from start: Float, to end: Float, steps: Int, shape: Shape = .linear, cycles: Int = 1,
        ratio: Float = 1
    ) {
        self.start = start
        self.end = end
        self.steps = steps
        self.shape = shape
        self.cycles = cycles
        self.ratio = ratio
    }

    /// A constant.
    public init(_ value: Float) { self.init(from: value, to: value, steps: 0) }

    /// The value at a 0-based step.
    public func value(at step: Int) -> Float {
        guard step < steps else { return end }
        let place = Double((step * cycles) % steps) / Double(steps)
        let progress = min(1, place / Double(ratio))
        switch shape {
        case .linear: return start + (end - start) * Float(progress)
        case .exponential:
            return Float(Double(start) * Double.pow(Double(end) / Double(start), progress))
        }
    }

    /// What is wrong with a ramp whose values must lie in a range: `key.part: got …, want …`, a line each.
    public func problems(_ key: String, _ range: ClosedRange<Float>) -> [String] {
        let problems =
            Check.range(key + ".start", start, range) + Check.range(key + ".end", end, range)
            + Check.range(key + ".steps", steps, 0...100_000_000)
            + Check.range(key + ".cycles", cycles, 1...10_000)
            + Check.range(key + ".ratio", ratio, 0.001...1)
        guard problems.isEmpty, shape == .exponential, start <= 0 || end <= 0 else {
            return problems
        }
        return ["\(key).shape: got exponential, want linear where start or end is 0"]
    }
}

extension Ramp: Codable {
    private enum Key: String, CodingKey { case start, end, steps, shape, cycles, ratio }

    /// Reads a number or an object.
    public init(from decoder: any Decoder) throws {
        if let value = try? decoder.singleValueContainer().decode(Float.self) {
            self.init(value)
            return
        }
        let container = try decoder.container(keyedBy: Key.self)
        self.init(
            from: try container.decode(Float.self, forKey: .start),
            to: try container.decode(Float.self, forKey: .end),
            steps: try container.decode(Int.self, forKey: .steps),
            shape: try container.decodeIfPresent(Shape.self, forKey: .shape) ?? .linear,
            cycles: try container.decodeIfPresent(Int.self, forKey: .cycles) ?? 1,
            ratio: try container.decodeIfPresent(Float.self, forKey: .ratio) ?? 1)
    }

    /// Always writes the object, so that every key can be overridden by path.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(start, forKey: .start)
        try container.encode(end, forKey: .end)
        try container.encode(steps, forKey: .steps)
        try container.encode(shape, forKey: .shape)
        try container.encode(cycles, forKey: .cycles)
        try container.encode(ratio, forKey: .ratio)
    }
}
