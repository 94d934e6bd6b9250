import CKernels
import Foundation
import Tensors

/// Rectified Adam (Liu, Jiang, He, Chen, Liu, Gao and Han 2020, arXiv 1908.03265): Adam that does without its adaptive
/// step until the second moment has seen enough, and shortens it for a while after.
///
///     ρ∞ = 2/(1−β₂) − 1,      ρₜ = ρ∞ − 2t β₂ᵗ/(1−β₂ᵗ),
///     r = √((ρₜ−4)(ρₜ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρₜ)),
///     w ← w − η r m̂ √(1−β₂ᵗ)/(√v + ε) where ρₜ > 5,      w ← w − η m̂ before
///
/// m, v and m̂ are those of ``Adam``; ε stands where `torch.optim.RAdam` has it.
public final class RAdam: Optimizer {
    /// The constants of the rule.
    public struct Config: OptimizerConfig, Equatable {
        /// The name in configurations.
        public static let type = "radam"
        /// One line for lists.
        public static let summary = "Adam with a rectified start (Liu et al. 2020)"
        /// β₁.
        public var beta1: Float = 0.9
        /// β₂.
        public var beta2: Float = 0.999
        /// ε.
        public var epsilon: Float = 1e-8
        /// λ, added to the gradient as λ w.
        public var weightDecay: Float = 0

        /// The defaults.
        public init() {}

        /// What is wrong with the values.
        public var problems: [String] {
            Adam.problems(beta1, beta2, epsilon, weightDecay)
        }

        /// An optimizer over these parameters.
        public func makeOptimizer(_ parameters: [Parameter]) -> any Optimizer {
            RAdam(self, parameters)
        }
    }

    private let config: Config
    private let parameters: [Parameter]
    private let first: MomentStorage
    private let second: MomentStorage
    /// The number of updates made.
    public var stepCount = 0

    init(_ config: Config, _ parameters: [Parameter]) {
        self.config = config
        self.parameters = parameters
        first = MomentStorage(parameters)
        second = MomentStorage(parameters)
    }

    /// Moves every parameter that has a gradient.
    public func update(rate: Float, gradientScale: Float) {
        stepCount += 1
        let correction1 = Float(1 - pow(Double(config.beta1), Double(stepCount)))
        let step = AdaptiveStep(beta2: config.beta2, epsilon: config.epsilon, count: stepCount)
        for (index, parameter) in parameters.enumerated() where parameter.hasGradient {
            ck_adam(
                parameter.value.pointer, first.tensors[index].pointer,
                second.tensors[index].pointer, parameter.gradient.pointer,
                Int64(parameter.shape.count), rate * step.rectification, config.beta1,
                config.beta2, step.epsilon, correction1, step.correction, config.weightDecay, 0,
                gradientScale)
            parameter.valueDidChange()
        }
    }

    /// Both moments of every parameter.
    public var state: [(name: String, tensor: Tensor)] {
        zip(parameters, first.tensors).map { ("first_moment." + $0.name, $1) }
            + zip(parameters, second.tensors).map { ("second_moment." + $0.name, $1) }
    }
}

/// What the t-th step of rectified Adam gives Adam's kernel, m̂/(√(v/correction) + ε).
private struct AdaptiveStep {
    /// r.
    let rectification: Float
    /// 1 − β₂ᵗ.
    let correction: Float
    /// ε/√(1−β₂ᵗ), which is ε beside √v.
    let epsilon: Float

    init(beta2: Float, epsilon: Float, count: Int) {
        let decay = pow(Double(beta2), Double(count))
        let limit = 2 / (1 - Double(beta2)) - 1
        let length = limit - 2 * Double(count) * decay / (1 - decay)
        guard length > 5 else {
            // √(v/∞) + 1 = 1: the plain step along m̂, while v gathers.
            rectification = 1
            correction = .infinity
            self.epsilon = 1
            return
        }
        let square =
            (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)
        rectification = Float(square.squareRoot())
        correction = Float(1 - decay)
        self.epsilon = Float(Double(epsilon) / (1 - decay).squareRoot())
    }
}
