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

    /// The tree in a file.
    static func read(_ path: String) throws -> JSONValue {
        let name = path.lowercased()
        let isYAML = name.hasSuffix(".yaml") || name.hasSuffix(".yml")
        guard isYAML || name.hasSuffix(".json") else {
            throw ConfigurationError.invalid(problems: [
                "\(Spelling.quoted(path)): want a file named .json, .yaml or .yml"
            ])
        }
        let bytes = try DurableFile.read(path, maximumByteCount: maximumByteCount)
        return isYAML
            ? try StrictYAML.parse(bytes, source: path)
            : try StrictJSON.parse(bytes, source: path, maximumValueCount: maximumValueCount)
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
