import Tensors

/// What an objective keeps beside the model while it is trained: the memory of its controller and of its estimator's
/// baseline, and the baseline's own parameters.
///
/// Saved in checkpoints, so that a resumed run goes on bit for bit; no part of a published model.
public final class ObjectiveState {
    /// The numbers that are remembered.
    public struct Memory: Codable, Sendable, Equatable {
        /// Of ``TargetKL``.
        public var controller = KLController()
        /// Of the estimator.
        public var estimator = EstimatorMemory.Numbers()

        /// Of nothing yet.
        public init() {}
    }

    /// Of the estimator, if it remembers anything.
    public let estimator: EstimatorMemory?
    private var controller = KLController()

    /// The state before the first step, for a grid of these sizes; parameters are made in `scope`.
    public init(
        _ objective: Objective, latentCount: Int, categoryCount: Int, in scope: ParameterScope
    ) throws {
        estimator = try (objective.estimator.component as? any RememberingEstimator)?.makeMemory(
            latentCount: latentCount, categoryCount: categoryCount, in: scope)
    }

    /// What is remembered; setting it goes on from there.
    public var memory: Memory {
        get {
            var memory = Memory()
            memory.controller = controller
            if let estimator { memory.estimator = estimator.numbers }
            return memory
        }
        set {
            controller = newValue.controller
            estimator?.numbers = newValue.estimator
        }
    }

    /// Tells the controller the KL of a step, the mean over its examples in nats.
    public func note(kl: Double, latentCount: Int, target: TargetKL) {
        guard target.isOn else { return }
        controller.update(kl: kl, latentCount: latentCount, target: target)
    }
}
