import Configuration
import Files

/// Files that hold configurations, in JSON or YAML by their extension.
enum ConfigurationFile {
    static let formatKey = "format"
    static let versionKey = "textvae"
    /// The layout of `config.json` that this library writes and reads.
    static let format = 1

    /// Far more than a configuration needs.
    static let maximumByteCount = 1 << 18
    static let maximumValueCount = 10_000

    /// Keys that earlier versions wrote elsewhere: from, to.
    static let movedKeys = [
        (from: ("objective", "bag_of_words"), to: ("training", "bag_of_words_weight"))
    ]

    /// The tree in a file, its keys where they are today.
    static func read(_ path: String) throws -> JSONValue {
        let name = path.lowercased()
        let isYAML = name.hasSuffix(".yaml") || name.hasSuffix(".yml")
        guard isYAML || name.hasSuffix(".json") else {
            throw ConfigurationError.invalid(problems: [
                "\(Spelling.quoted(path)): want a file named .json, .yaml or .yml"
            ])
        }
        let bytes = try DurableFile.read(path, maximumByteCount: maximumByteCount)
        let tree =
            isYAML
            ? try StrictYAML.parse(bytes, source: path)
            : try StrictJSON.parse(bytes, source: path, maximumValueCount: maximumValueCount)
        return moved(tree)
    }

    /// A tree with ``movedKeys`` moved; where both places have a value, the old one stays and is refused as unknown.
    private static func moved(_ tree: JSONValue) -> JSONValue {
        movedKeys.reduce(tree) { tree, key in
            guard var sections = tree.object,
                let value = tree[key.from.0]?[key.from.1], tree[key.to.0]?[key.to.1] == nil,
                let source = sections.firstIndex(where: { $0.key == key.from.0 })
            else { return tree }
            let rest = (sections[source].value.object ?? []).filter { $0.key != key.from.1 }
            sections[source].value = .object(rest)
            let member = JSONMember(key.to.1, value)
            if let target = sections.firstIndex(where: { $0.key == key.to.0 }) {
                guard let members = sections[target].value.object else { return tree }
                sections[target].value = .object(members + [member])
            } else {
                sections.append(JSONMember(key.to.0, .object([member])))
            }
            return .object(sections)
        }
    }

    /// A tree without `format`, which must be known, and without the version that wrote it.
    static func withoutHeader(_ tree: JSONValue, source: String) throws -> JSONValue {
        guard case .object(let members) = tree else { return tree }
        if let got = tree[formatKey], got != .int(format) {
            throw ConfigurationError.invalid(problems: [
                "format: got \(got.kind), want \(format); another version of textvae wrote it "
                    + "(from \(source))"
            ])
        }
        return .object(members.filter { ![formatKey, versionKey].contains($0.key) })
    }
}
