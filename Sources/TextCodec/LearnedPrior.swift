import DVAE
import Tensors

/// Priors over the codes of a trained model: one of each latent by itself, and one from latent to latent.
public final class LearnedPrior {
    /// The sizes of the autoregressive one.
    public let config: AutoregressivePrior.Config
    /// Each latent by itself.
    public let factorised: FactorisedPrior
    /// Each latent given those before it: what the model samples from.
    public let autoregressive: AutoregressivePrior
    /// Every learned tensor, in the order of files.
    public let parameters: [Parameter]

    /// Priors with fresh parameters or those of a file, as `source` says.
    public init(
        _ config: AutoregressivePrior.Config, grid: CodeGrid, source: ParameterStore.Source
    ) throws {
        self.config = config
        let store = ParameterStore(source)
        factorised = try FactorisedPrior(grid, in: store.root.scope("factorised"))
        autoregressive = try AutoregressivePrior(
            config, grid, in: store.root.scope("autoregressive"))
        parameters = store.parameters
    }
}

/// Where new codes come from.
public enum PriorChoice: String, CaseIterable, Sendable {
    /// The prior learned after the model if there is one, else the one it was trained with.
    case model
    /// Every code equally probable.
    case uniform
    /// Each latent by itself.
    case factorised
    /// Each latent given those before it.
    case autoregressive
}

extension TextModel {
    /// The prior of a name.
    ///
    /// - Throws: ``TextCodecError/noPrior(_:)`` where the model has none of the kind, ``TextCodecError/noCodes`` where
    ///   latents are continuous.
    public func prior(_ choice: PriorChoice) throws -> any Prior {
        guard let discrete, let grid = config.grid else { throw TextCodecError.noCodes }
        let found: (any Prior)? =
            switch choice {
            case .model: prior
            case .uniform: UniformPrior(grid)
            case .factorised: learnedPrior?.factorised ?? discrete.prior as? FactorisedPrior
            case .autoregressive:
                learnedPrior?.autoregressive ?? discrete.prior as? AutoregressivePrior
            }
        guard let found else { throw TextCodecError.noPrior(choice.rawValue) }
        return found
    }
}
