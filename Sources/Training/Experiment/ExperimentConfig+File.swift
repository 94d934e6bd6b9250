import Configuration
import Files
import TextCodec

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

    /// Keys that files of earlier versions lack: where they are missing the defaults hold.
    static let laterKeys =
        ModelConfig.laterKeys.map { "model." + $0 }
        + ["kl_term", "target_kl", "uniform_mix", "entropy_bonus"]
        .map { "objective." + $0 }
        + ["pretraining_steps", "bag_of_words_weight"].map { "training." + $0 }

    /// Reads a file written by ``configJSON()``: every key must be there but those of later versions, and no other.
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
            source: path, laterKeys: Self.laterKeys, registries: registries
        ) { $0.problems }
    }

    /// What differs from another configuration, `key: this → other` each.
    public func differences(from other: ExperimentConfig) throws -> [String] {
        ConfigurationTree.differences(
            try ConfigurationTree.encode(self), try ConfigurationTree.encode(other))
    }
}
