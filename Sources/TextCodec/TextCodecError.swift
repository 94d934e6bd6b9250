/// What can go wrong when a model directory is opened or used.
public enum TextCodecError: Error, Equatable, Sendable {
    /// A model directory lacks a file.
    case incompleteModel(directory: String, missing: String)
    /// `config.json` cannot be understood.
    case badConfig(path: String, reason: String)
    /// Two files of a model directory do not belong together.
    case mixedFiles(directory: String, file: String, reason: String)
    /// A record is longer than the model allows; records count from 0.
    case tooLong(record: Int, tokens: Int, limit: Int)
    /// Codes of another grid than the model's.
    case wrongGrid(gotLatents: Int, gotCategories: Int, wantLatents: Int, wantCategories: Int)
    /// A model whose latents are continuous was asked for codes.
    case noCodes
    /// A model of codes was asked for continuous latents.
    case noContinuousLatents
    /// The prior beside a model was learned for other weights.
    case stalePrior(directory: String)
    /// A model was asked for a prior it does not have.
    case noPrior(String)
    /// An option out of range.
    case badOption(String)
}

extension TextCodecError: CustomStringConvertible {
    /// One line: what was got, what was wanted, where, and the remedy.
    public var description: String {
        switch self {
        case .incompleteModel(let directory, let missing):
            "'\(directory)' is not a model directory: it has no \(missing); `textvae train` makes one, "
                + "and a run has a model after its first evaluation"
        case .badConfig(let path, let reason):
            "'\(path)': \(reason)"
        case .mixedFiles(let directory, let file, let reason):
            "'\(directory)/\(file)' does not belong to the model beside it: \(reason); "
                + "copy config.json, tokenizer.json and model.safetensors of one run together"
        case .tooLong(let record, let tokens, let limit):
            "record \(record + 1) has \(tokens) tokens, the model takes at most \(limit); split it, or train with "
                + "a larger model.maximum_length"
        case .wrongGrid(let gotLatents, let gotCategories, let wantLatents, let wantCategories):
            "codes of a grid D=\(gotLatents) K=\(gotCategories), the model has D=\(wantLatents) K=\(wantCategories)"
        case .noCodes:
            "the model has a gaussian bottleneck and no codes; it can reconstruct, sample and be evaluated, or train "
                + "one with codes (--set model.bottleneck.type=categorical)"
        case .noContinuousLatents:
            "the model has codes and no continuous latents; those are for model.bottleneck.type=gaussian"
        case .stalePrior(let directory):
            "'\(directory)/prior.safetensors' was learned for other weights than model.safetensors beside it: run "
                + "textvae train-prior again, or delete it"
        case .noPrior(let type):
            "the model has no \(type) prior over its codes; textvae train-prior learns one"
        case .badOption(let text): text
        }
    }
}
