import Configuration
import Files
import Foundation

/// The folder of a run: `config.json`, `epochs.jsonl` and, once it has ended, `model.safetensors`.
struct RunFolder {
    let path: String

    var configPath: String { path + "/config.json" }
    var logPath: String { path + "/epochs.jsonl" }
    var modelPath: String { path + "/model.safetensors" }

    /// Whether the run has ended.
    var isComplete: Bool { FileManager.default.fileExists(atPath: modelPath) }

    /// Makes the folder, or finds a run of the same settings in it.
    ///
    /// - Throws: ``MNISTError/otherRun(path:differences:)`` where it holds a run of other settings.
    func begin(_ config: MNISTConfig) throws {
        let tree = try ConfigurationTree.encode(config)
        if FileManager.default.fileExists(atPath: configPath) {
            let differences = ConfigurationTree.differences(
                try ConfigurationTree.encode(try self.config()), tree)
            guard differences.isEmpty else {
                throw MNISTError.otherRun(path: path, differences: differences)
            }
            return
        }
        var folder = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            folder += part + "/"
            guard mkdir(folder, 0o777) == 0 || errno == EEXIST else {
                throw MNISTError.noFolder(path: path, reason: String(cString: strerror(errno)))
            }
        }
        try DurableFile.write(try StrictJSON.bytes(of: tree, indented: true), to: configPath)
    }

    /// The settings of the run.
    func config() throws -> MNISTConfig {
        let bytes = try DurableFile.read(configPath, maximumByteCount: 1 << 20)
        return try ConfigurationTree.decode(
            StrictJSON.parse(bytes, source: configPath), defaults: MNISTConfig(),
            source: configPath, laterKeys: ["kl_weight"], problems: { $0.problems })
    }

    /// Writes the trained parameters, with the grid they belong to.
    func save(_ model: DigitModel) throws {
        var file = SafeTensorsWriter(metadata: [
            ("grid", Self.grid(model.latentCount, model.categoryCount))
        ])
        for parameter in model.parameters {
            try file.add(parameter.name, shape: parameter.shape.array, parameter.value.array)
        }
        try file.write(to: modelPath)
    }

    /// The trained model.
    ///
    /// - Throws: `FilesError` where the file is missing or damaged, or its grid is not that of `config.json`: a grid of
    ///   4 × 8 fits the weights of one of 8 × 4, and would make nonsense of them.
    func model() throws -> DigitModel {
        let config = try config()
        let file = try SafeTensorsFile(path: modelPath, digest: .required)
        let wanted = Self.grid(config.latentCount, config.categoryCount)
        guard let got = file.metadata("grid"), got == wanted else {
            throw FilesError.mismatch(
                path: modelPath, name: "grid", got: file.metadata("grid") ?? "none", wanted: wanted)
        }
        let model = try DigitModel(
            latentCount: config.latentCount, categoryCount: config.categoryCount,
            source: .values { name, shape in try file.float32(named: name, expecting: shape.array) }
        )
        try file.requireNames(model.parameters.map(\.name))
        return model
    }

    private static func grid(_ latents: Int, _ categories: Int) -> String {
        "D=\(latents) K=\(categories)"
    }
}
