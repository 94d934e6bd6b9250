/// Something chosen by name in a configuration: an estimator, an encoder, a decoder.
///
/// The value itself is its configuration: its stored properties are the keys, `init()` has the defaults.
public protocol RegisteredComponent: Codable, Sendable {
    /// The name in `{"type": …}`.
    static var type: String { get }

    /// One line for lists and help.
    static var summary: String { get }

    /// The component with its defaults.
    init()
}

/// The components of one kind, by name.
///
/// An immutable value: a library user adds to a copy.
public struct Registry<Component>: Sendable {
    /// One known component.
    public struct Entry: Sendable {
        /// The name in `{"type": …}`.
        public let type: String
        /// One line for lists and help.
        public let summary: String
        /// The component with its defaults.
        public let makeDefault: @Sendable () -> Component
        let decode: @Sendable (any Decoder) throws -> Component
    }

    /// What the components are, in the singular: `estimator`.
    public let kind: String

    /// Every known component, in the order registered.
    public let entries: [Entry]

    /// A registry of these entries.
    public init(kind: String, _ entries: [Entry]) {
        self.kind = kind
        self.entries = entries
    }

    /// This registry and one more component, which replaces a known one of the same name.
    public func adding(_ entry: Entry) -> Registry {
        Registry(kind: kind, entries.filter { $0.type != entry.type } + [entry])
    }

    /// The names, in the order registered.
    public var types: [String] { entries.map(\.type) }

    /// The entry of a name; throws an error that names the known ones and the nearest spelling.
    public func entry(_ type: String) throws -> Entry {
        if let entry = entries.first(where: { $0.type == type }) { return entry }
        throw ConfigurationError.unknownType(kind: kind, got: type, known: types)
    }
}

extension Registry.Entry {
    /// An entry for a component type, given how to see it as the registry's element.
    public init<Value: RegisteredComponent>(
        _ type: Value.Type, as convert: @escaping @Sendable (Value) -> Component
    ) {
        self.type = Value.type
        summary = Value.summary
        makeDefault = { convert(Value()) }
        decode = { try convert(Value(from: $0)) }
    }
}
