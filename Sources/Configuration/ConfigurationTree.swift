import Files

/// Configurations as JSON trees.
public enum ConfigurationTree {
    /// A value as a tree: keys in snake_case in the order declared, `nil` as null, numbers in the shortest
    /// spelling that reads back the same.
    public static func encode(_ value: some Encodable) throws -> JSONValue {
        try ConfigurationTemplate(encoding: value, registries: Registries()).value
    }

    /// Reads a tree that must have every key and no other.
    ///
    /// - Parameters:
    ///   - defaults: A value that shows which keys there are.
    ///   - source: What messages call the tree, such as its path.
    ///   - laterKeys: Key paths that trees written by earlier versions may lack; the defaults hold there.
    ///   - problems: What is wrong with the values as such.
    /// - Throws: ``ConfigurationError/invalid(problems:)``.
    public static func decode<Value: Codable>(
        _ tree: JSONValue, defaults: Value, source: String, laterKeys: [String] = [],
        registries: Registries = Registries(),
        problems: (Value) -> [String] = { _ in [] }
    ) throws -> Value {
        var layers = try ConfigurationLayers(defaults: defaults, registries: registries)
        layers.apply(tree, from: source)
        layers.require(everyKeyIn: tree, except: laterKeys, from: source)
        return try layers.decode(Value.self, problems: problems)
    }

    /// What differs between two trees, `key: a → b` each: in the order of `a`, then what only `b` has.
    public static func differences(_ a: JSONValue, _ b: JSONValue) -> [String] {
        var lines: [String] = []
        compare(a, b, at: [], into: &lines)
        return lines
    }

    private static func compare(
        _ a: JSONValue?, _ b: JSONValue?, at path: [String], into lines: inout [String]
    ) {
        if a == b { return }
        // Objects are compared key by key, also where only one side has the object at all.
        guard a.map(\.isObject) ?? true, b.map(\.isObject) ?? true else {
            return lines.append("\(path.shown): \(text(a)) → \(text(b))")
        }
        for member in a?.object ?? [] {
            compare(member.value, b?[member.key], at: path + [member.key], into: &lines)
        }
        for member in b?.object ?? [] where a?[member.key] == nil {
            compare(nil, member.value, at: path + [member.key], into: &lines)
        }
    }

    private static func text(_ value: JSONValue?) -> String {
        guard let value else { return "(none)" }
        guard let bytes = try? StrictJSON.bytes(of: value) else { return value.shown }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.utf8.count <= 200 ? text : value.shown
    }
}

extension JSONValue {
    fileprivate var isObject: Bool { object != nil }
}
