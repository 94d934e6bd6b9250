import Configuration
import Files
import Foundation
import SeqModel
import Tensors
import Tokenize

/// A model on disk: `config.json`, `tokenizer.json` and `model.safetensors`.
///
/// The weights file carries the model configuration and the tokenizer's digest in its metadata and a digest over itself,
/// so that one atomic rename publishes new weights, damage is always found, and files of two models never mix silently.
public struct ModelDirectory: Sendable {
    /// The folder.
    public let path: String

    /// The model in a folder.
    public init(_ path: String) { self.path = path }

    /// The resolved configuration of the run; its `model` key is what a codec reads.
    public var configPath: String { path + "/config.json" }
    /// The tokenizer.
    public var tokenizerPath: String { path + "/tokenizer.json" }
    /// The weights.
    public var weightsPath: String { path + "/model.safetensors" }

    /// The prior learned after the model, if there is one.
    public var priorPath: String { path + "/prior.safetensors" }

    private static let configKey = "textvae.model"
    private static let tokenizerKey = "textvae.tokenizer"

    /// Reads and checks everything.
    ///
    /// - Parameter ignoringPrior: whether a prior learned after the model is left alone, whatever it is.
    /// - Throws: ``TextCodecError``, `FilesError` or `TokenizeError` naming the file and what is wrong with it.
    public func load(ignoringPrior: Bool = false) throws -> (model: TextModel, tokenizer: Tokenizer)
    {
        for (file, path) in [
            ("config.json", configPath), ("tokenizer.json", tokenizerPath),
            ("model.safetensors", weightsPath),
        ] where access(path, F_OK) != 0 {
            throw TextCodecError.incompleteModel(directory: self.path, missing: file)
        }
        // The digest takes in every byte of the weights; the rest is read meanwhile.
        let (described, verified) = Concurrently.run {
            (config: try modelConfig(), tokenizer: try Tokenizer(contentsOf: tokenizerPath))
        } and: {
            try SafeTensorsFile(path: weightsPath, digest: .required)
        }
        let (config, tokenizer) = try described.get()
        let weights = try verified.get()
        try checkConfig(config, of: weights)
        try check(
            weights, Self.tokenizerKey, try Digest.hex(ofFile: tokenizerPath),
            "it was trained with another tokenizer.json")
        let model = try TextModel(config, tokens: TokenSpace(tokenizer), source: .file(weights))
        try weights.requireNames(model.parameters.map(\.name))
        if !ignoringPrior, access(priorPath, F_OK) == 0 {
            model.learnedPrior = try loadPrior(for: model, weights: weights.digest)
        }
        return (model, tokenizer)
    }

    /// The `model` part of `config.json`.
    public func modelConfig() throws -> ModelConfig {
        let bytes = try DurableFile.read(configPath, maximumByteCount: 1 << 22)
        let tree = try StrictJSON.parse(bytes, source: configPath)
        guard let part = tree["model"] else {
            throw TextCodecError.badConfig(path: configPath, reason: "it has no key \"model\"")
        }
        return try ConfigurationTree.decode(
            part, defaults: ModelConfig(), source: configPath, laterKeys: ModelConfig.laterKeys
        ) { $0.problems }
    }

    /// Writes the weights atomically.
    ///
    /// `tokenizer.json` must be there already.
    ///
    /// - Parameter path: another place for the file than the directory's own, such as a checkpoint.
    public func writeWeights(of model: TextModel, to path: String? = nil) throws {
        var writer = SafeTensorsWriter(metadata: [
            (Self.configKey, try Self.canonical(model.config)),
            (Self.tokenizerKey, try Digest.hex(ofFile: tokenizerPath)),
        ])
        for parameter in model.parameters {
            try writer.add(
                parameter.name, shape: parameter.shape.array,
                UnsafeBufferPointer(parameter.value.buffer))
        }
        try writer.write(to: path ?? weightsPath)
    }

    /// One text for one configuration.
    private static func canonical(_ config: ModelConfig) throws -> String {
        let tree = try ConfigurationTree.encode(config)
        return String(decoding: try StrictJSON.bytes(of: tree), as: UTF8.self)
    }

    /// The configuration in a weights file, which may be of an earlier version.
    private func checkConfig(_ config: ModelConfig, of weights: SafeTensorsFile) throws {
        let reason = "the configurations differ"
        guard let text = weights.metadata(Self.configKey) else {
            throw TextCodecError.mixedFiles(
                directory: path, file: "model.safetensors", reason: reason)
        }
        let own = try ConfigurationTree.decode(
            try StrictJSON.parse(Array(text.utf8), source: weightsPath), defaults: ModelConfig(),
            source: weightsPath, laterKeys: ModelConfig.laterKeys)
        guard own == config else {
            throw TextCodecError.mixedFiles(
                directory: path, file: "model.safetensors", reason: reason)
        }
    }

    private func check(
        _ weights: SafeTensorsFile, _ key: String, _ want: String, _ reason: String
    ) throws {
        guard weights.metadata(key) == want else {
            throw TextCodecError.mixedFiles(
                directory: path, file: "model.safetensors", reason: reason)
        }
    }
}

extension TokenSpace {
    /// The token space of a tokenizer.
    public init(_ tokenizer: Tokenizer) {
        self.init(
            vocabularySize: tokenizer.vocabularySize, bos: tokenizer.bos, eos: tokenizer.eos)
    }
}

extension ParameterStore.Source {
    /// Parameters that lie in a mapped file, found by name; a missing tensor or another shape is an error naming it.
    ///
    /// Nothing is read before it is used. The file must not be rewritten in place while it is: ``ModelDirectory`` and
    /// checkpoints replace files.
    public static func file(_ file: SafeTensorsFile) -> ParameterStore.Source {
        .shared(owner: file) { name, shape in
            try file.mutableFloat32(named: name, expecting: shape.array)
        }
    }
}
