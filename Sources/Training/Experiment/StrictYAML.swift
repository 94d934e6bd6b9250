import Configuration
import Files
import Yams

/// Reads YAML as the JSON tree it stands for: no aliases, no tags, no surprises.
///
/// Plain scalars mean what JSON means by them: `true`, `false`, `null`, numbers in JSON's spelling; everything else is a
/// text, `no` and `on` too. Refused are two members of one key, keys that are no scalars, aliases, tags, and nesting or
/// size beyond what configurations need.
enum StrictYAML {
    /// Reads one document of UTF-8 bytes.
    ///
    /// - Throws: `ConfigurationError/invalid(problems:)` naming the line.
    static func parse(_ bytes: [UInt8], source: String) throws(ConfigurationError) -> JSONValue {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw failure(source, nil, "invalid UTF-8")
        }
        if let line = lineOfAlias(in: bytes) {
            throw failure(
                source, line, "\"*name\" is an alias, which is not supported; repeat the value")
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text, .basic, .default, .utf8)
        } catch let error as YamlError {
            throw failure(source, error)
        } catch {
            throw failure(source, nil, "\(error)")
        }
        guard let root else { return [:] }
        var reader = Reader(source: source)
        return try reader.value(of: root, depth: 0)
    }

    /// The line of what may be an alias.
    ///
    /// Aliases must be found before the document is composed: a chain of them nests without bound and a tree of
    /// them grows exponentially.
    private static func lineOfAlias(in bytes: [UInt8]) -> Int? {
        func isName(_ byte: UInt8) -> Bool {
            (0x30...0x39) ~= byte || (0x61...0x7A) ~= byte | 0x20 || byte == 0x5F || byte == 0x2D
        }
        var line = 1
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\n") { line += 1 }
            guard byte == UInt8(ascii: "*"), index + 1 < bytes.count, isName(bytes[index + 1])
            else { continue }
            // Within a word it is a star: 2*3.
            if index == 0 || !isName(bytes[index - 1]) || bytes[index - 1] == 0x2D { return line }
        }
        return nil
    }

    private struct Reader {
        let source: String
        var remainingValueCount = ConfigurationFile.maximumValueCount

        mutating func value(of node: Node, depth: Int) throws(ConfigurationError) -> JSONValue {
            guard depth < StrictJSON.maximumDepth else {
                throw failure(node, "nested deeper than \(StrictJSON.maximumDepth) levels")
            }
            guard remainingValueCount > 0 else { throw failure(node, "too many values") }
            remainingValueCount -= 1
            switch node {
            case .scalar(let scalar):
                try refuse(scalar.tag, of: node)
                return StrictYAML.value(of: scalar)
            case .sequence(let sequence):
                try refuse(sequence.tag, of: node)
                var elements: [JSONValue] = []
                for element in sequence {
                    elements.append(try value(of: element, depth: depth + 1))
                }
                return .array(elements)
            case .mapping(let mapping):
                try refuse(mapping.tag, of: node)
                var members: [JSONMember] = []
                for (key, value) in mapping {
                    members.append(
                        JSONMember(try name(key), try self.value(of: value, depth: depth + 1)))
                }
                var seen: Set<[UInt8]> = []
                for member in members where !seen.insert(Array(member.key.utf8)).inserted {
                    throw failure(node, "duplicate key \(Spelling.quoted(member.key))")
                }
                return .object(members)
            case .alias: throw failure(node, "aliases are not supported")
            }
        }

        private func name(_ key: Node) throws(ConfigurationError) -> String {
            guard case .scalar(let scalar) = key else { throw failure(key, "a key must be a text") }
            try refuse(scalar.tag, of: key)
            return scalar.string
        }

        private func refuse(_ tag: Tag, of node: Node) throws(ConfigurationError) {
            let known: [Tag.Name] = [.implicit, .nonSpecific, .str, .seq, .map]
            guard known.map(\.rawValue).contains(tag.rawValue) else {
                throw failure(node, "the tag \(Spelling.quoted(tag.rawValue)) is not supported")
            }
        }

        private func failure(_ node: Node, _ reason: String) -> ConfigurationError {
            StrictYAML.failure(source, node.mark?.line, reason)
        }
    }

    private static func value(of scalar: Node.Scalar) -> JSONValue {
        guard scalar.style == .plain, scalar.tag == .implicit else { return .string(scalar.string) }
        switch scalar.string {
        case "", "~", "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default:
            let parsed = try? StrictJSON.parse(Array(scalar.string.utf8), source: "")
            guard case .number(let text)? = parsed else { return .string(scalar.string) }
            return .number(text)
        }
    }

    private static func failure(
        _ source: String, _ line: Int?, _ reason: String
    ) -> ConfigurationError {
        let place = line.map { ", line \($0)" } ?? ""
        return .invalid(problems: ["\(Spelling.quoted(source))\(place): \(reason)"])
    }

    private static func failure(_ source: String, _ error: YamlError) -> ConfigurationError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            failure(source, mark.line, problem)
        case .reader(let problem, _, _, _): failure(source, nil, problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            failure(
                source, context.mark.line,
                "duplicate key "
                    + duplicates.prefix(8).map(Spelling.quoted).joined(separator: ", "))
        default: failure(source, nil, "no valid YAML")
        }
    }
}
