import CKernels
import Tensors

/// Stochastic gradient descent with momentum: m ← μ m + g + λ w, w ← w − η m.
public final class SGD: Optimizer {
    /// The constants of the rule.
    public struct Config: OptimizerConfig, Equatable {
        /// The name in configurations.
        public static let type = "sgd"
        /// One line for lists.
        public static let summary = "gradient descent with momentum"
        /// μ.
        public var momentum: Float = 0.9
        /// λ.
        public var weightDecay: Float = 0

        /// The defaults.
        public init() {}

        /// What is wrong with the values.
        public var problems: [String] {
            Check.rate("momentum", momentum) + Check.range("weight_decay", weightDecay, 0...1)
        }

        /// An optimizer over these parameters.
        public func makeOptimizer(_ parameters: [Parameter]) -> any Optimizer {
            SGD(self, parameters)
        }
    }

    private let config: Config
    private let parameters: [Parameter]
    private let moment: MomentStorage
    /// The number of updates made.
    public var stepCount = 0

    init(_ config: Config, _ parameters: [Parameter]) {
        self.config = config
        self.parameters = parameters
        moment = MomentStorage(parameters)
    }

    /// Moves every parameter that has a gradient.
    public func update(rate: Float, gradientScale: Float) {
        stepCount += 1
        for (parameter, m) in zip(parameters, moment.tensors) where parameter.hasGradient {
            ck_sgd(
                parameter.value.pointer, m.pointer, parameter.gradient.pointer, Int64(m.count),
                rate, config.momentum, config.weightDecay, gradientScale)
            parameter.valueDidChange()
        }
    }

    /// The momentum of every parameter.
    public var state: [(name: String, tensor: Tensor)] {
        zip(parameters, moment.tensors).map { ("momentum." + $0.name, $1) }
    }
}
