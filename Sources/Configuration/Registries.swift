/// The registries a configuration chooses from, where they differ from the built-in ones.
///
///     var registries = Registries()
///     registries.set(EstimatorKind.builtIn.adding(.init(MyEstimator.self) { $0 }), for: EstimatorKind.self)
public struct Registries: Sendable {
    private var known: [CodingUserInfoKey: any Sendable] = [:]

    /// The built-in registries.
    public init() {}

    /// Uses a registry for a family.
    public mutating func set<Kind: ComponentKind>(
        _ registry: Registry<Kind.Component>, for kind: Kind.Type
    ) {
        known[Choice<Kind>.registryKey] = registry
    }

    /// The registry of a family.
    public func registry<Kind: ComponentKind>(for kind: Kind.Type) -> Registry<Kind.Component> {
        known[Choice<Kind>.registryKey] as? Registry<Kind.Component> ?? Kind.builtIn
    }

    /// What encoders and decoders hand on.
    var userInfo: [CodingUserInfoKey: Any] { known.mapValues { $0 as Any } }
}
