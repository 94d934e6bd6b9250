import ArgumentParser
import Foundation
import SeqModel
import Tensors
import TextCodec

/// A model of given sizes, an encoder and a decoder.
///
/// Nothing is dropped, so that a step is a function of weights, batch and noise.
struct StepModel {
    var sizes: StepSizes
    var encoder = GRUEncoder.Config.type
    var decoder = GRUDecoder.Config.type
    /// Where a Transformer decoder finds the codes.
    var codesAs = TransformerDecoder.Config.CodesAs.crossAttention
    /// The latents that tell the length.
    var lengthLatentCount = 0

    /// Checks that the parts are known and fit together.
    func validate() throws {
        let problems = try modelConfig().problems
        guard problems.isEmpty else {
            throw ValidationError(problems.joined(separator: "; "))
        }
    }

    /// The whole model with everything that it is made from.
    func modelConfig() throws -> ModelConfig {
        var config = ModelConfig()
        config.latentCount = 16
        config.categoryCount = 16
        config.lengthLatentCount = lengthLatentCount
        config.codeEmbeddingSize = 64
        config.conditionSize = sizes.width
        config.embeddingSize = sizes.embeddingSize
        config.encoder = .init(try encoderConfig())
        config.decoder = .init(try decoderConfig())
        config.maximumLength = sizes.tokenLimit - 1
        return config
    }

    /// The configuration as JSON, in the keys of `config.json`, and the vocabulary's size.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = .sortedKeys
        let model = String(decoding: try encoder.encode(try modelConfig()), as: UTF8.self)
        return "{\"vocabulary_size\":\(sizes.tokens.vocabularySize),\"model\":\(model)}"
    }

    /// The model with fresh parameters.
    ///
    /// A fresh posterior is all but uniform, which would leave both the estimator and KL without work; its weights are
    /// made larger.
    func makeModel(seed: UInt64) throws -> TextModel {
        let model = try TextModel(try modelConfig(), tokens: sizes.tokens, source: .seed(seed))
        for parameter in model.parameters where parameter.name == "latent.posterior.weight" {
            parameter.value.assign(16, times: parameter.value)
            parameter.valueDidChange()
        }
        return model
    }

    private func encoderConfig() throws -> any SequenceEncoderConfig {
        let component = try EncoderKind.builtIn.entry(encoder).makeDefault()
        switch component {
        case var config as GRUEncoder.Config:
            (config.hiddenSize, config.dropout) = (sizes.width / 2, 0)
            return config
        case var config as LSTMEncoder.Config:
            (config.hiddenSize, config.dropout) = (sizes.width / 2, 0)
            return config
        case var config as TransformerEncoder.Config:
            (config.hiddenSize, config.dropout) = (sizes.width / 2, 0)
            config.feedForwardSize = 2 * sizes.width
            return config
        case var config as BagEncoder.Config:
            (config.hiddenSize, config.dropout) = (sizes.width, 0)
            return config
        default: throw ValidationError("--encoder: no sizes are known for \(encoder)")
        }
    }

    private func decoderConfig() throws -> any SequenceDecoderConfig {
        let component = try DecoderKind.builtIn.entry(decoder).makeDefault()
        switch component {
        case var config as GRUDecoder.Config:
            (config.hiddenSize, config.dropout, config.wordDropout) = (sizes.width, 0, 0)
            config.attentionSize = sizes.width / 2
            config.tiedSoftmax = false
            return config
        case var config as LSTMDecoder.Config:
            (config.hiddenSize, config.dropout, config.wordDropout) = (sizes.width, 0, 0)
            return config
        case var config as TransformerDecoder.Config:
            (config.hiddenSize, config.dropout, config.wordDropout) = (sizes.width / 2, 0, 0)
            config.feedForwardSize = 2 * sizes.width
            config.codesAs = codesAs
            return config
        case var config as ConvolutionDecoder.Config:
            (config.hiddenSize, config.dropout, config.wordDropout) = (sizes.width, 0, 0)
            config.innerSize = sizes.width / 2
            return config
        default: throw ValidationError("--decoder: no sizes are known for \(decoder)")
        }
    }
}
