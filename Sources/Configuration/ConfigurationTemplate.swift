import Files

/// A value as a tree whose members stand in the order declared, and where in it components are chosen.
struct ConfigurationTemplate: Sendable {
    /// The tree, keys in snake_case.
    var value: JSONValue
    /// The choices by key path, written with dots.
    var choices: [String: ChoiceTable]

    /// Encodes a value; `nil` properties become `null`, so that every key is seen.
    init(encoding value: some Encodable, registries: Registries) throws {
        let root = TreeNode()
        try root.fill(with: value, path: [], registries: registries)
        choices = [:]
        self.value = root.value(at: [], choices: &choices)
    }
}

/// A node while it is encoded.
///
/// A reference, because two containers may write to the same object.
final class TreeNode {
    private enum Content {
        case leaf(JSONValue)
        case object([(key: String, node: TreeNode)])
        case array([TreeNode])
    }

    private var content = Content.object([])
    private var choice: ChoiceTable?

    /// The child of a key, made where it is new.
    func child(_ key: String) -> TreeNode {
        var members: [(key: String, node: TreeNode)] = []
        if case .object(let present) = content { members = present }
        if let member = members.first(where: { $0.key == key }) { return member.node }
        let node = TreeNode()
        content = .object(members + [(key, node)])
        return node
    }

    /// How many elements stand in the array.
    var elementCount: Int {
        guard case .array(let elements) = content else { return 0 }
        return elements.count
    }

    /// Makes this an array.
    func becomeArray() {
        if case .array = content { return }
        content = .array([])
    }

    /// A new last element.
    func append() -> TreeNode {
        let node = TreeNode()
        if case .array(let elements) = content {
            content = .array(elements + [node])
        } else {
            content = .array([node])
        }
        return node
    }

    /// Makes this `null`.
    func becomeNull() { content = .leaf(.null) }

    /// Encodes a value here.
    func fill(with value: some Encodable, path: [any CodingKey], registries: Registries) throws {
        switch value {
        case let value as Bool: content = .leaf(.bool(value))
        case let value as String: content = .leaf(.string(value))
        case let value as Float: content = .leaf(.float(value))
        case let value as Double: content = .leaf(.double(value))
        case let value as any FixedWidthInteger: content = .leaf(.number(String(value)))
        default:
            if let value = value as? any ChoiceNode { choice = value.table(in: registries) }
            try value.encode(
                to: TreeEncoder(node: self, codingPath: path, registries: registries))
        }
    }

    /// The tree below, with its choices noted.
    func value(at path: [String], choices: inout [String: ChoiceTable]) -> JSONValue {
        if let choice { choices[path.joined(separator: ".")] = choice }
        switch content {
        case .leaf(let value): return value
        case .array(let elements):
            return .array(elements.map { $0.value(at: path, choices: &choices) })
        case .object(let members):
            return .object(
                members.map {
                    JSONMember($0.key, $0.node.value(at: path + [$0.key], choices: &choices))
                })
        }
    }
}
