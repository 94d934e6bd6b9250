import DVAE
import Foundation
import SeqModel
import Tensors
import Testing
import TextCodec
import Tokenize

@testable import Training

@Suite struct EvaluatorTests {
    private let tokenizer: Tokenizer
    private let model: TextModel
    private let texts = ["ab c", "dé", "", "a  b c d"]

    init() throws {
        tokenizer = try Tokenizer(spec: TokenizerSpec(level: .byte))
        model = try Self.makeModel(tokenizer, latents: 2, categories: 3)
    }

    private static func makeModel(
        _ tokenizer: Tokenizer, latents: Int, categories: Int,
        change: (inout ModelConfig) -> Void = { _ in }
    ) throws -> TextModel {
        var config = ModelConfig()
        config.latentCount = latents
        config.categoryCount = categories
        config.codeEmbeddingSize = 4
        config.conditionSize = 8
        config.embeddingSize = 8
        var encoder = GRUEncoder.Config()
        encoder.hiddenSize = 8
        config.encoder = .init(encoder)
        var decoder = GRUDecoder.Config()
        decoder.hiddenSize = 12
        config.decoder = .init(decoder)
        change(&config)
        return try TextModel(config, tokens: TokenSpace(tokenizer), source: .seed(3))
    }

    private func sequences() -> [[Int32]] {
        let encoder = tokenizer.makeEncoder()
        return texts.map { text in
            var ids: [Int32] = []
            Array(text.utf8).withUnsafeBufferPointer { encoder.encode($0, into: &ids) }
            return ids
        }
    }

    private func report(_ change: (inout EvaluationOptions) -> Void) throws -> EvaluationReport {
        var options = EvaluationOptions()
        change(&options)
        let evaluator = try Evaluator(model, tokenizer: tokenizer, options: options)
        try evaluator.add(sequences())
        return evaluator.finish()
    }

    /// log p(x) of each text by hand: the log of the mean of p(x | z) over the nine codes.
    private func evidence() -> Double {
        let tape = Tape(arena: Arena(), isRecording: false)
        return sequences().reduce(0.0) { sum, sequence in
            let batch = model.batch([sequence])
            let likelihoods = (0..<9).map { index -> Double in
                var codes = Codes(latentCount: 2, categoryCount: 3, rowCount: 0)
                codes.values = [Int32(index / 3), Int32(index % 3)]
                return Double(model.likelihood(of: batch, codes: codes, on: tape).sequence.value[0])
            }
            let largest = likelihoods.max() ?? 0
            return sum + largest + log(likelihoods.reduce(0) { $0 + exp($1 - largest) } / 9)
        } / Double(texts.count)
    }

    @Test func exactEvidence() throws {
        let report = try report { $0.isExact = true }
        let found = try #require(report.logLikelihoodNats)
        #expect(abs(found - evidence()) < 1e-4)
        #expect(report.boundNats == found)
        #expect(report.importanceBoundNats == nil)
    }

    /// The bound rises with its draws to the evidence, which nine codes make exact.
    @Test func importanceBound() throws {
        let exact = evidence()
        let few = try #require(report { $0.importanceSamples = 1 }.importanceBoundNats)
        let many = try #require(report { $0.importanceSamples = 400 }.importanceBoundNats)
        #expect(abs(many - exact) < 3e-2)
        #expect(abs(many - exact) < abs(few - exact))
    }

    /// Two draws of a sentence by hand: log of the mean of p(z) p(x | z) / q(z | x).
    @Test func importanceOfTwoDrawsByHand() throws {
        let tape = Tape(arena: Arena(), isRecording: false)
        let batch = model.batch(Array(sequences().prefix(2)))
        let random = RandomStream(seed: 7, "draws")
        let posterior = try model.posterior(of: batch, using: random, on: tape)
        let found = LikelihoodBounds(model).importance(
            of: batch, posterior: posterior, samples: 2, using: random)
        var weights: [[Double]] = []
        for draw in 0..<2 {
            let codes = posterior.sample(using: random.stream(draw), on: tape)
            let likelihood = model.likelihood(of: batch, codes: codes, on: tape).sequence.value
            let logPosterior = posterior.logProbability(of: codes)
            weights.append(
                (0..<2).map {
                    exp(Double(likelihood[$0]) - 2 * log(3) - Double(logPosterior[$0]))
                })
        }
        for row in 0..<2 {
            let want = log((weights[0][row] + weights[1][row]) / 2)
            #expect(abs(found[row] - want) < 1e-5 * abs(want))
        }
    }

    /// Two continuous latents of one number: the evidence is an integral, taken over a fine grid.
    @Test func importanceOfContinuousLatents() throws {
        let model = try Self.makeModel(tokenizer, latents: 2, categories: 2) {
            var gaussian = GaussianBottleneck.Config()
            gaussian.size = 1
            $0.bottleneck = .init(gaussian)
        }
        // An untrained decoder hardly hears its latents: make them matter.
        for parameter in model.parameters where parameter.name.hasPrefix("condition.") {
            parameter.value.assign(6, times: parameter.value)
            parameter.valueDidChange()
        }
        let continuous = try #require(model.continuous)
        let (side, width) = (81, 0.15)
        let tape = Tape(arena: Arena(), isRecording: false)
        let evidence =
            sequences().reduce(0.0) { sum, sequence in
                tape.reset()
                let batch = model.batch([[Int32]](repeating: sequence, count: side * side))
                let latents = tape.arena.tensor(Shape(side * side, 2, 1))
                for place in 0..<side * side {
                    latents.pointer[2 * place] = Float(width) * Float(place / side - side / 2)
                    latents.pointer[2 * place + 1] = Float(width) * Float(place % side - side / 2)
                }
                let likelihood = model.likelihood(
                    of: batch, embeddings: continuous.embed(Variable(constant: latents), on: tape),
                    using: RandomStream(seed: 0, "unused"), on: tape)
                let terms = (0..<side * side).map { place -> Double in
                    let z = (
                        Double(latents.pointer[2 * place]), Double(latents.pointer[2 * place + 1])
                    )
                    return Double(likelihood.sequence.value[place]) - (z.0 * z.0 + z.1 * z.1) / 2
                        + log(width * width / (2 * .pi))
                }
                let largest = terms.max() ?? 0
                return sum + largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
            } / Double(texts.count)
        func report(_ samples: Int) throws -> EvaluationReport {
            var options = EvaluationOptions()
            options.importanceSamples = samples
            let evaluator = try Evaluator(model, tokenizer: tokenizer, options: options)
            try evaluator.add(sequences())
            return evaluator.finish()
        }
        let many = try report(2000)
        let bound = try #require(many.importanceBoundNats)
        #expect(abs(bound - evidence) < 0.05)
        #expect(many.elboNats < evidence - 0.1)
        #expect(many.boundNats == bound && many.importanceSamples == 2000)
        var exact = EvaluationOptions()
        exact.isExact = true
        #expect(throws: TextCodecError.noCodes) {
            try Evaluator(model, tokenizer: tokenizer, options: exact)
        }
    }

    /// Words are fields and an end mark each: 2 + 1 + 0 + 4 and 4; characters 4 + 2 + 0 + 8 and 4; bytes one more.
    @Test func perplexitiesAreOverTheTextsOwnUnits() throws {
        let report = try report { $0.isExact = true }
        #expect(report.sentences == 4 && report.words == 11)
        #expect(report.tokens == 15 + 4)
        let cost = -4 * report.boundNats
        #expect(abs(report.perplexityPerWord - exp(cost / 11)) < 1e-6 * report.perplexityPerWord)
        #expect(abs(report.bitsPerCharacter - cost / 18 / log(2)) < 1e-9)
        #expect(abs(report.bitsPerByte - cost / 19 / log(2)) < 1e-9)
    }

    @Test func partsOfTheBound() throws {
        let report = try report {
            $0.jointInformationSentences = 3
            $0.decodes = true
        }
        #expect(abs(report.elboNats - (report.reconstructionNats - report.klNats)) < 1e-9)
        #expect(abs(report.klPerLatent.reduce(0, +) - report.klNats) < 1e-9)
        #expect(report.informationBoundNats == report.klNats)
        #expect(report.mutualInformationNats <= report.informationBoundNats + 1e-9)
        #expect(report.mutualInformationCorrectedNats >= report.mutualInformationNats)
        // Mean KL to uniform is information and the aggregate's own KL, latent by latent.
        #expect(
            abs(report.klNats - report.mutualInformationNats - report.aggregateKlNats) < 1e-6)
        #expect(abs(report.aggregateEntropyNats + report.aggregateKlNats - 2 * log(3)) < 1e-9)
        #expect(report.jointInformationSentences == 3)
        #expect(try #require(report.jointInformationNats) <= log(3) + 1e-9)
        #expect(1...4 ~= report.distinctCodes)
        #expect(report.editSimilarity != nil && report.bleuUnicodeWords != nil)
        #expect(try report.json().contains(#""importance_bound_nats":null"#))
    }

    @Test func largeGridsAreNotEnumerated() throws {
        let large = try Self.makeModel(tokenizer, latents: 13, categories: 2)
        var options = EvaluationOptions()
        options.isExact = true
        let message = experimentMessage {
            try Evaluator(large, tokenizer: tokenizer, options: options)
        }
        #expect(message?.contains("a grid of D=13 K=2, want at most 4096 codes") == true)
        #expect(EvaluationOptions.exactCodes(latentCount: 12, categoryCount: 2) == 4096)
        #expect(EvaluationOptions.exactCodes(latentCount: 4, categoryCount: 8) == 4096)
        #expect(EvaluationOptions.exactCodes(latentCount: 32, categoryCount: 32) == nil)
    }
}
