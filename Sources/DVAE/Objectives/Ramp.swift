import Foundation

/// A value that moves in a straight line from `start` to `end` over `steps` steps and stays there.
///
/// In configurations: a number for a constant, or `{"start": 0, "end": 0.3, "steps": 3000}`.
public struct Ramp: Sendable, Equatable {
    /// The value at step 0.
    public var start: Float
    /// The value from step `steps` on.
    public var end: Float
    /// The length of the way.
    public var steps: Int

    /// A line.
    public init(from start: Float, to end: Float, steps: Int) {
        self.start = start
        self.end = end
        self.steps = steps
    }

    /// A constant.
    public init(_ value: Float) { self.init(from: value, to: value, steps: 0) }

    /// The value at a 0-based step.
    public func value(at step: Int) -> Float {
        guard step < steps else { return end }
        return start + (end - start) * Float(Double(step) / Double(steps))
    }
}

extension Ramp: Codable {
    private enum Key: String, CodingKey { case start, end, steps }

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
            steps: try container.decode(Int.self, forKey: .steps))
    }

    /// Always writes the object, so that every key can be overridden by path.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(start, forKey: .start)
        try container.encode(end, forKey: .end)
        try container.encode(steps, forKey: .steps)
    }
}
