import CKernels
import Foundation
import Tensors

/// Adam (Kingma and Ba 2015, arXiv 1412.6980):
/// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← w − η m̂/(√v̂ + ε), m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ).
public final class Adam: Optimizer {
    /// The constants of the rule.
    public struct Config: OptimizerConfig, Equatable {
        /// The name in configurations.
        public static let type = "adam"
        /// One line for lists.
        public static let summary = "adaptive moments (Kingma and Ba 2015)"
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
            Adam(self, decoupledDecay: 0, parameters)
        }
    }

    private let config: Config
    private let decoupledDecay: Float
    private let parameters: [Parameter]
    private let first: MomentStorage
    private let second: MomentStorage
    /// The number of updates made.
    public var stepCount = 0

    init(_ config: Config, decoupledDecay: Float, _ parameters: [Parameter]) {
        self.config = config
        self.decoupledDecay = decoupledDecay
        self.parameters = parameters
        first = MomentStorage(parameters)
        second = MomentStorage(parameters)
    }

    /// Moves every parameter that has a gradient.
    public func update(rate: Float, gradientScale: Float) {
        stepCount += 1
        let correction1 = Float(1 - pow(Double(config.beta1), Double(stepCount)))
        let correction2 = Float(1 - pow(Double(config.beta2), Double(stepCount)))
        for (index, parameter) in parameters.enumerated() where parameter.hasGradient {
            ck_adam(
                parameter.value.pointer, first.tensors[index].pointer,
                second.tensors[index].pointer, parameter.gradient.pointer,
                Int64(parameter.shape.count), rate, config.beta1, config.beta2, config.epsilon,
                correction1, correction2, config.weightDecay, decoupledDecay, gradientScale)
            parameter.valueDidChange()
        }
    }

    /// Both moments of every parameter.
    public var state: [(name: String, tensor: Tensor)] {
        zip(parameters, first.tensors).map { ("first_moment." + $0.name, $1) }
            + zip(parameters, second.tensors).map { ("second_moment." + $0.name, $1) }
    }

    static func problems(
        _ beta1: Float, _ beta2: Float, _ epsilon: Float, _ weightDecay: Float
    ) -> [String] {
        Check.rate("beta1", beta1) + Check.rate("beta2", beta2)
            + Check.range("epsilon", epsilon, 1e-12...1)
            + Check.range("weight_decay", weightDecay, 0...1)
    }
}

/// Adam with weight decay outside the adaptive step: w ← w − η(m̂/(√v̂ + ε) + λ w) (Loshchilov and Hutter 2019,
/// arXiv 1711.05101).
public struct AdamW: OptimizerConfig, Equatable {
    /// The name in configurations.
    public static let type = "adamw"
    /// One line for lists.
    public static let summary = "Adam with decoupled weight decay (Loshchilov and Hutter 2019)"
    /// β₁.
    public var beta1: Float = 0.9
    /// β₂.
    public var beta2: Float = 0.999
    /// ε.
    public var epsilon: Float = 1e-8
    /// λ.
    public var weightDecay: Float = 0.01

    /// The defaults.
    public init() {}

    /// What is wrong with the values.
    public var problems: [String] { Adam.problems(beta1, beta2, epsilon, weightDecay) }

    /// An optimizer over these parameters.
    public func makeOptimizer(_ parameters: [Parameter]) -> any Optimizer {
        var config = Adam.Config()
        config.beta1 = beta1
        config.beta2 = beta2
        config.epsilon = epsilon
        return Adam(config, decoupledDecay: weightDecay, parameters)
    }
}
