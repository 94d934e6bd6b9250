import ArgumentParser
import DVAE
import SeqModel
import Tensors
import TextCodec

/// The models whose step is measured.
///
/// Nothing is dropped, so that a step is a function of weights, batch and noise.
enum Workload: String, CaseIterable, ExpressibleByArgument {
    /// Vocabulary 10,000, embeddings 256, bi-GRU 2 × 256, D = K = 16, GRU 512, T = 24.
    case words
    /// Vocabulary 128, embeddings 64, bi-GRU 2 × 128, D = K = 16, GRU 256, T = 64.
    case characters

    /// B.
    static let batchSize = 64

    /// V and the marks.
    var tokens: TokenSpace {
        TokenSpace(vocabularySize: self == .words ? 10_000 : 128, bos: 0, eos: 1)
    }

    /// T, end mark included.
    var tokenLimit: Int { self == .words ? 24 : 64 }

    /// The sizes.
    var config: ModelConfig {
        let width = self == .words ? 512 : 256
        var encoder = GRUEncoder.Config()
        encoder.hiddenSize = width / 2
        encoder.dropout = 0
        var decoder = GRUDecoder.Config()
        decoder.hiddenSize = width
        decoder.dropout = 0
        decoder.wordDropout = 0
        decoder.tiedSoftmax = false
        var config = ModelConfig()
        config.latentCount = 16
        config.categoryCount = 16
        config.codeEmbeddingSize = 64
        config.conditionSize = width
        config.embeddingSize = self == .words ? 256 : 64
        config.encoder = .init(encoder)
        config.decoder = .init(decoder)
        config.maximumLength = tokenLimit - 1
        return config
    }

    /// The model with fresh parameters.
    ///
    /// A fresh posterior is all but uniform, which would leave both the estimator and KL without work; its weights are
    /// made larger.
    func makeModel(seed: UInt64) throws -> TextModel {
        let model = try TextModel(config, tokens: tokens, source: .seed(seed))
        for parameter in model.parameters where parameter.name == "latent.posterior.weight" {
            parameter.value.assign(16, times: parameter.value)
            parameter.valueDidChange()
        }
        return model
    }

    /// Random sentences, all as long as can be or, when `ragged`, of 1 … T tokens, end marks included.
    func sequences(ragged: Bool, using random: RandomStream) -> [[Int32]] {
        var random = random
        return (0..<Workload.batchSize).map { index in
            // Spread evenly, so that the shortest and the longest are both there.
            let length =
                ragged ? index * tokenLimit / Workload.batchSize : tokenLimit - 1
            return (0..<length).map { _ in
                Int32.random(in: 2..<Int32(tokens.vocabularySize), using: &random)
            }
        }
    }
}
