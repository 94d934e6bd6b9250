import Configuration
import Files

extension ExperimentConfig {
    /// The version of the library that a written configuration names.
    public static let libraryVersion = "0.1.0"

    /// The configuration as `config.json`: the resolved whole, the same bytes for the same values.
    ///
    ///     {"format": 1, "textvae": "0.1.0", "seed": 1, "tokenizer": {…}, "model": {…}, …}
    public func configJSON() throws -> [UInt8] {
        let header = [
            JSONMember(ConfigurationFile.formatKey, .int(ConfigurationFile.format)),
            JSONMember(ConfigurationFile.versionKey, .string(Self.libraryVersion)),
        ]
        let sections = try ConfigurationTree.encode(self).object ?? []
        return try StrictJSON.bytes(of: .object(header + sections), indented: true)
    }

    /// Reads a file written by ``configJSON()``: every key must be there, and no other.
    ///
    /// - Throws: `FilesError` where it cannot be read or is no JSON, `ConfigurationError` with everything that is wrong
    ///   otherwise.
    public init(contentsOf path: String, registries: Registries = Registries()) throws {
        let tree = try ConfigurationFile.read(path)
        guard tree[ConfigurationFile.formatKey] != nil else {
            throw ConfigurationError.invalid(problems: [
                "format: missing, want \(ConfigurationFile.format) (from \(path))"
            ])
        }
        self = try ConfigurationTree.decode(
            ConfigurationFile.withoutHeader(tree, source: path), defaults: ExperimentConfig(),
            source: path, registries: registries
        ) { $0.problems }
    }

    /// What differs from another configuration, `key: this → other` each.
    public func differences(from other: ExperimentConfig) throws -> [String] {
        ConfigurationTree.differences(
            try ConfigurationTree.encode(self), try ConfigurationTree.encode(other))
    }
}
