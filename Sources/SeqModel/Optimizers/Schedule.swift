import Foundation

/// A learning rate as a function of the step.
public struct LearningRateSchedule: Codable, Sendable, Equatable {
    /// What follows the warm-up.
    public enum Shape: String, Codable, Sendable, CaseIterable {
        /// The peak for ever.
        case constant
        /// Half a cosine from the peak to the floor.
        case cosine
    }

    /// The highest rate.
    public var peak: Float = 1e-3
    /// Steps of linear rise from 0.
    public var warmupSteps = 200
    /// What follows.
    public var shape = Shape.cosine
    /// The share of the peak that a cosine ends at.
    public var floor: Float = 0.05

    /// The defaults.
    public init() {}

    /// The rate of 0-based step `step` in a run of `stepCount` steps.
    public func rate(at step: Int, of stepCount: Int) -> Float {
        if step < warmupSteps { return peak * Float(step + 1) / Float(warmupSteps) }
        switch shape {
        case .constant: return peak
        case .cosine:
            let length = max(1, stepCount - warmupSteps)
            let progress = min(1, Double(step - warmupSteps) / Double(length))
            let share = 0.5 * (1 + cos(Double.pi * progress))
            return peak * (floor + (1 - floor) * Float(share))
        }
    }

    /// What is wrong with the values, a line each.
    public var problems: [String] {
        Check.range("peak", peak, 1e-8...10) + Check.range("floor", floor, 0...1)
            + Check.range("warmup_steps", warmupSteps, 0...100_000_000)
    }
}
