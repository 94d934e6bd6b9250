import Configuration
import Tensors

/// A rule that moves parameters along their gradients.
public protocol Optimizer: AnyObject {
    /// Moves every parameter that has a gradient.
    ///
    /// - Parameters:
    ///   - rate: the learning rate of this step.
    ///   - gradientScale: a factor on every gradient, from clipping.
    func update(rate: Float, gradientScale: Float)

    /// What must be saved to go on exactly: moments by `moment.parameter`, in a fixed order.
    var state: [(name: String, tensor: Tensor)] { get }

    /// The number of updates made, which bias corrections depend on.
    var stepCount: Int { get set }
}

/// The configuration of an optimizer, which builds it.
public protocol OptimizerConfig: RegisteredComponent {
    /// What is wrong with the values: `key: got …, want …`, a line each.
    var problems: [String] { get }

    /// An optimizer over these parameters.
    func makeOptimizer(_ parameters: [Parameter]) -> any Optimizer
}

/// The optimizers a configuration can choose.
public enum OptimizerKind: ComponentKind {
    /// The components that come with the library, in order of complexity.
    public static let builtIn = Registry<any OptimizerConfig>(
        kind: "optimizer",
        [
            .init(SGD.Config.self) { $0 },
            .init(Adam.Config.self) { $0 },
            .init(AdamW.self) { $0 },
            .init(RAdam.Config.self) { $0 },
        ])

    /// The component as a registered value.
    public static func registered(_ component: any OptimizerConfig) -> any RegisteredComponent {
        component
    }
}

/// Zeroed storage beside each parameter.
final class MomentStorage {
    let tensors: [Tensor]
    private let owner = Arena(reserve: 4096)

    init(_ parameters: [Parameter]) {
        let owner = owner
        tensors = parameters.map { owner.zeros($0.shape) }
    }
}
