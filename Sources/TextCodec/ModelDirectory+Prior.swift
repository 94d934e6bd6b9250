import Configuration
import DVAE
import Files
import Tensors

// `prior.safetensors` carries its configuration and the digest of the weights whose codes it learned, so that it never
// speaks of another model's codes.
extension ModelDirectory {
    private static let priorKey = "textvae.prior"
    private static let weightsKey = "textvae.weights"

    /// The digest of the weights, by which a prior knows them.
    public func weightsDigest() throws -> String {
        let weights = try SafeTensorsFile(path: weightsPath, digest: .required)
        return weights.digest ?? ""
    }

    /// Reads the prior of a model and checks that it is this model's.
    ///
    /// - Parameter digest: the digest of the model's weights.
    func loadPrior(for model: TextModel, weights digest: String?) throws -> LearnedPrior {
        guard let grid = model.config.grid else { throw TextCodecError.noCodes }
        let file = try SafeTensorsFile(path: priorPath, digest: .required)
        guard let digest, file.metadata(Self.weightsKey) == digest else {
            throw TextCodecError.stalePrior(directory: path)
        }
        let tree = try StrictJSON.parse(
            Array((file.metadata(Self.priorKey) ?? "").utf8), source: priorPath)
        let config = try ConfigurationTree.decode(
            tree, defaults: AutoregressivePrior.Config(), source: priorPath
        ) { $0.problems }
        let prior = try LearnedPrior(config, grid: grid, source: .file(file))
        try file.requireNames(prior.parameters.map(\.name))
        return prior
    }

    /// Writes a prior atomically.
    ///
    /// - Parameter digest: the digest of the weights whose codes it learned.
    public func writePrior(_ prior: LearnedPrior, weights digest: String) throws {
        let config = try StrictJSON.bytes(of: ConfigurationTree.encode(prior.config))
        var writer = SafeTensorsWriter(metadata: [
            (Self.priorKey, String(decoding: config, as: UTF8.self)), (Self.weightsKey, digest),
        ])
        for parameter in prior.parameters {
            try writer.add(
                parameter.name, shape: parameter.shape.array,
                UnsafeBufferPointer(parameter.value.buffer))
        }
        try writer.write(to: priorPath)
    }
}
