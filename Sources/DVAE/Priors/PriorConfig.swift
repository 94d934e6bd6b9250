import Configuration
import Tensors

/// The configuration of a prior over codes, which builds it.
public protocol PriorConfig: RegisteredComponent {
    /// Whether KL(q ‖ p) has a closed form for a factorised posterior.
    static var hasClosedDivergence: Bool { get }

    /// What is wrong with the values: `key: got …, want …`, a line each.
    var problems: [String] { get }

    /// The prior of a grid, with its parameters made in `scope`.
    func makePrior(_ grid: CodeGrid, in scope: ParameterScope) throws -> any Prior
}

/// The priors a configuration can choose.
public enum PriorKind: ComponentKind {
    /// The priors that come with the library: one line each.
    public static let builtIn = Registry<any PriorConfig>(
        kind: "prior",
        [
            .init(UniformPrior.Config.self) { $0 },
            .init(FactorisedPrior.Config.self) { $0 },
            .init(AutoregressivePrior.Config.self) { $0 },
        ])

    /// The component as a registered value.
    public static func registered(_ component: any PriorConfig) -> any RegisteredComponent {
        component
    }
}
