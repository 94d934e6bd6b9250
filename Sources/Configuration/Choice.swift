/// A family of components that configurations choose from.
public protocol ComponentKind: SendableMetatype {
    /// The existential of the family, such as `any GradientEstimator`.
    associatedtype Component: Sendable

    /// The components that come with the library.
    static var builtIn: Registry<Component> { get }

    /// The component as a registered value, for encoding.
    static func registered(_ component: Component) -> any RegisteredComponent
}

/// A component in a configuration: `{"type": "reinmax", "temperature": 1.3}`.
public struct Choice<Kind: ComponentKind>: Sendable {
    /// The chosen component.
    public var component: Kind.Component

    /// A choice.
    public init(_ component: Kind.Component) { self.component = component }

    /// The name of the choice.
    public var type: String { Swift.type(of: Kind.registered(component)).type }

    /// Where a decoder finds a registry other than the built-in one.
    public static var registryKey: CodingUserInfoKey {
        guard let key = CodingUserInfoKey(rawValue: "registry.\(Kind.self)") else {
            preconditionFailure("a non-empty key is valid")
        }
        return key
    }
}

extension Choice: Codable {
    private enum Key: String, CodingKey { case type }

    /// Reads `type`, looks it up in the registry of `decoder.userInfo` or the built-in one, and reads the rest.
    public init(from decoder: any Decoder) throws {
        let registry =
            decoder.userInfo[Choice.registryKey] as? Registry<Kind.Component> ?? Kind.builtIn
        let type = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .type)
        component = try registry.entry(type).decode(decoder)
    }

    /// Writes `type` and the component's own keys side by side.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(type, forKey: .type)
        try Kind.registered(component).encode(to: encoder)
    }
}
