import Tensors

/// An estimator that learns from step to step.
public protocol RememberingEstimator: GradientEstimator {
    /// The memory before the first step, for a grid of these sizes; its parameters are made in `scope`.
    func makeMemory(
        latentCount: Int, categoryCount: Int, in scope: ParameterScope
    ) throws -> EstimatorMemory

    /// The estimate, as ``GradientEstimator/expectation(of:under:at:using:on:)``.
    ///
    /// A recording tape adds to the memory what was seen, and the gradients of the memory's own parameters to its
    /// backward pass; nil is a memory of nothing that is not kept.
    func expectation(
        of f: LatentFunction, under posterior: CategoricalGrid, at step: Int,
        using random: RandomStream, on tape: Tape, remembering memory: EstimatorMemory?
    ) -> Variable
}

extension RememberingEstimator {
    /// The estimate without a memory.
    public func expectation(
        of f: LatentFunction, under posterior: CategoricalGrid, at step: Int,
        using random: RandomStream, on tape: Tape
    ) -> Variable {
        expectation(
            of: f, under: posterior, at: step, using: random, on: tape, remembering: nil)
    }
}

/// What an estimator has learned of f.
public final class EstimatorMemory {
    /// The numbers that are remembered, apart from parameters.
    public struct Numbers: Codable, Sendable, Equatable {
        /// Of f.
        public var values = RunningMoments()
        /// Of f − b.
        public var signals = RunningMoments()

        /// Of nothing yet.
        public init() {}
    }

    /// The numbers so far.
    public var numbers = Numbers()
    /// The net that guesses f of an example.
    public let network: BaselineNetwork?

    /// A memory of nothing.
    public init(network: BaselineNetwork?) { self.network = network }
}

/// Mean and variance of a stream of batches in which the past fades.
///
///     s ← decay · s + (1 − decay) · mean of the batch,  for x, x² and 1;      mean = s_x / s_1
///
/// Dividing by s₁ makes the mean of one batch that batch's mean, whatever the decay.
public struct RunningMoments: Codable, Sendable, Equatable {
    private var sum = 0.0
    private var squares = 0.0
    private var weight = 0.0

    /// Moments of nothing.
    public init() {}

    /// The mean; 0 of nothing.
    public var mean: Double { weight > 0 ? sum / weight : 0 }

    /// √ of the variance; 0 of nothing.
    public var standardDeviation: Double {
        guard weight > 0 else { return 0 }
        return max(0, squares / weight - mean * mean).squareRoot()
    }

    /// Adds a batch, which must not be empty.
    public mutating func add(_ values: [Double], decay: Double) {
        let share = (1 - decay) / Double(max(1, values.count))
        sum = decay * sum + share * values.reduce(0, +)
        squares = decay * squares + share * values.reduce(0) { $0 + $1 * $1 }
        weight = decay * weight + (1 - decay)
    }
}
