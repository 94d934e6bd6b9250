import Configuration
import DVAE
import Foundation
import SeqModel
import Tensors
import Testing

@testable import TextCodec

/// A language of 4,096 sentences, each spelled by 12 bits, through a grid that holds 12 bits: nothing may be lost.
@Suite struct KnownBitsTests {
    /// Four factors of three bits: who, how many times, what is done, where.
    private static let slots = 4
    private static let words = 8
    /// Function words between the slots; `to` and `from` follow from the last slot, so that they are no information.
    private static let (the, marked, odd, even): (Int32, Int32, Int32, Int32) = (34, 35, 36, 37)
    private static let tokens = TokenSpace(vocabularySize: 38, bos: 0, eos: 1)

    /// The sentence of a number below 4,096.
    private static func sentence(_ bits: Int) -> [Int32] {
        let word = (0..<slots).map { slot in
            Int32(2 + slot * words + (bits >> (3 * slot)) % words)
        }
        let marks = word[1] % 2 == 0 ? [marked] : []
        return [the, word[0], word[1]] + marks + [word[2], word[3] % 2 == 0 ? even : odd, word[3]]
    }

    private static let language = (0..<4096).map(sentence)

    private static func model() throws -> TextModel {
        var config = ModelConfig()
        config.latentCount = 4
        config.categoryCount = 8
        config.codeEmbeddingSize = 16
        config.conditionSize = 64
        config.embeddingSize = 32
        config.pooling.windowWidth = 0.5
        var encoder = GRUEncoder.Config()
        encoder.hiddenSize = 32
        encoder.dropout = 0
        config.encoder = Choice(encoder)
        var decoder = GRUDecoder.Config()
        decoder.hiddenSize = 64
        decoder.attentionSize = 0
        decoder.dropout = 0
        decoder.wordDropout = 0
        config.decoder = Choice(decoder)
        return try TextModel(config, tokens: tokens, source: .seed(1))
    }

    /// KL at a tenth of its weight: with a decoder that knows the grammar, the whole bound is as good without codes.
    ///
    /// The grid has no room to spare, so two words that share a category can never part again: relaxed codes and the
    /// bonus for categories in use keep all of them alive until every latent has found its words.
    private static func train(_ model: TextModel, steps: Int) {
        var objective = Objective()
        objective.klWeight = Ramp(0.1)
        objective.freeBits = 0
        objective.entropyBonus = 1
        var estimator = GumbelSoftmax()
        estimator.temperature = Ramp(from: 1, to: 0.3, steps: steps * 3 / 4)
        objective.estimator = Choice(estimator)
        let optimizer = Adam.Config().makeOptimizer(model.parameters)
        let tape = Tape(arena: Arena(), isRecording: true)
        for step in 0..<steps {
            tape.reset()
            for parameter in model.parameters { parameter.clearGradient() }
            var random = RandomStream(seed: 1, "known bits", step: step)
            let sentences = (0..<64).map { _ in
                language[Int.random(in: 0..<4096, using: &random)]
            }
            // The backward pass reads the batch's token ids once more.
            withExtendedLifetime(model.batch(sentences)) { batch in
                let bound = model.bound(
                    of: batch, objective: objective, at: step, using: random.stream("model"),
                    on: tape
                ).bound
                tape.backward(from: bound.loss)
            }
            let rate: Float = step < steps * 2 / 3 ? 3e-3 : 1e-3
            optimizer.update(rate: rate, gradientScale: 1)
        }
    }

    /// What the codes hold of the sentences.
    private struct Report {
        /// The share of sentences given back to the letter.
        var exact = 0.0
        /// I(x; z) of the sentence and a draw of all codes, bits, summed over all sentences and codes.
        var information = 0.0
    }

    private static func evaluate(_ model: TextModel) throws -> Report {
        let tape = Tape(arena: Arena(), isRecording: false)
        var report = Report()
        var (aggregate, conditional) = ([Double](repeating: 0, count: 4096), 0.0)
        for start in stride(from: 0, to: 4096, by: 512) {
            tape.reset()
            let batch = model.batch(Array(language[start..<start + 512]))
            let posterior = try model.posterior(
                of: batch, using: RandomStream(seed: 0, "unused"), on: tape)
            let decoded = model.decode(posterior.mode(), strategy: .greedy, on: tape) { _ in
                RandomStream(seed: 0, "unused")
            }
            for (row, source) in batch.order.enumerated() {
                report.exact += decoded[row] == language[start + source] ? 1 / 4096.0 : 0
                let q = (0..<32).map { Double(posterior.probabilities.pointer[row * 32 + $0]) }
                conditional -= q.reduce(0) { $1 > 0 ? $0 + $1 * log2($1) : $0 } / 4096
                for code in 0..<4096 {
                    aggregate[code] +=
                        q[code >> 9] * q[8 + (code >> 6) % 8] * q[16 + (code >> 3) % 8]
                        * q[24 + code % 8] / 4096
                }
            }
        }
        let entropy = -aggregate.reduce(0) { $1 > 0 ? $0 + $1 * log2($1) : $0 }
        report.information = entropy - conditional
        return report
    }

    @Test func twelveBitsGoThrough() throws {
        #expect(Set(Self.language).count == 4096)
        let model = try Self.model()
        let before = try Self.evaluate(model)
        #expect(before.exact < 0.01 && before.information < 1)
        Self.train(model, steps: 8000)
        let report = try Self.evaluate(model)
        #expect(report.exact >= 0.99)
        #expect(report.information >= 11.4)
        #expect(report.information <= 12.0001)
    }
}
