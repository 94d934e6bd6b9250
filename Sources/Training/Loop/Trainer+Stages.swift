import DVAE
import Tensors
import TextCodec

extension Trainer {
    /// The objective of the next step: that of an autoencoder before the second stage.
    var objective: Objective {
        state.step < config.training.pretrainingSteps
            ? config.objective.ofAutoencoder : config.objective
    }

    /// Gives the decoder fresh parameters and forgets what the optimizer knew of the old ones.
    ///
    /// It is a function of the seed alone, so a run resumed here does the same.
    func beginSecondStage() throws {
        let fresh = try TextModel(
            config.model, tokens: model.tokens, source: .seed(config.seed &+ 1))
        for (old, new) in zip(model.parameters, fresh.parameters) where Self.isDecoder(old.name) {
            old.value.copy(from: new.value)
            old.valueDidChange()
        }
        for (name, moment) in optimizer.state {
            // `first_moment.decoder.…`: a moment bears its parameter's name behind its own.
            let parameter = name.drop { $0 != "." }.dropFirst()
            if Self.isDecoder(String(parameter)) { moment.fill(0) }
        }
        // What the first stage was best at is another thing.
        state.bestLoss = nil
        state.bestStep = nil
    }

    /// Whether a parameter stands behind the codes' embeddings.
    private static func isDecoder(_ name: String) -> Bool {
        name.hasPrefix("decoder.") || name.hasPrefix("condition.")
    }
}
