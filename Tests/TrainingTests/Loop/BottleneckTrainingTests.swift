import Configuration
import DVAE
import Foundation
import SeqModel
import TestSupport
import Testing
import TextCodec
import Tokenize

@testable import Tensors
@testable import Training

/// Every bottleneck and prior through the whole loop: it learns, can be used, and goes on after a stop bit for bit.
@Suite struct BottleneckTrainingTests {
    private let scratch: CorpusScratch
    private let corpus: TokenCorpus

    init() throws {
        scratch = try CorpusScratch()
        let lines = (0..<40).map { "abcd"[$0 % 4] + " " + "wxyz"[$0 / 4 % 4] + " \($0 % 3)" }
        let path = try scratch.write(lines.joined(separator: "\n"))
        corpus = try TokenCorpus.open(
            scratch.cache,
            CorpusSource(paths: [path], heldOutPaths: [path], maximumLength: 20, seed: 1),
            tokenizer: .given(try Tokenizer(spec: TokenizerSpec(level: .byte))))
    }

    /// A bottleneck and a prior by their names.
    struct Variant: Sendable, CustomTestStringConvertible {
        let bottleneck: Choice<BottleneckKind>
        var prior = Choice<PriorKind>(UniformPrior.Config())
        var testDescription: String { "\(bottleneck.type), \(prior.type)" }

        static let all: [Variant] = {
            var small = AutoregressivePrior.Config()
            small.hiddenSize = 8
            var fsq = FiniteScalarQuantizer.Config()
            fsq.levels = [2, 3]
            let bottlenecks = BottleneckKind.builtIn.entries.map { entry in
                Variant(
                    bottleneck: .init(
                        entry.type == FiniteScalarQuantizer.Config.type
                            ? fsq : entry.makeDefault()))
            }
            let categorical = Choice<BottleneckKind>(DiscreteVAE.Config())
            return bottlenecks + [
                Variant(bottleneck: categorical, prior: .init(FactorisedPrior.Config())),
                Variant(bottleneck: categorical, prior: .init(small)),
            ]
        }()
    }

    private func config(_ variant: Variant, steps: Int) -> ExperimentConfig {
        var config = ExperimentConfig()
        config.model.bottleneck = variant.bottleneck
        config.model.prior = variant.prior
        config.model.latentCount = 3
        config.model.categoryCount = 6
        config.model.codeEmbeddingSize = 4
        config.model.conditionSize = 8
        config.model.embeddingSize = 8
        config.model.maximumLength = 20
        var encoder = GRUEncoder.Config()
        (encoder.hiddenSize, encoder.dropout) = (8, 0)
        config.model.encoder = .init(encoder)
        var decoder = GRUDecoder.Config()
        (decoder.hiddenSize, decoder.attentionSize, decoder.headCount) = (16, 8, 2)
        (decoder.dropout, decoder.wordDropout) = (0, 0)
        config.model.decoder = .init(decoder)
        config.objective.freeBits = 0.1
        config.objective.klWeight = Ramp(0.1)
        config.learningRate.warmupSteps = 0
        config.learningRate.peak = 0.01
        config.learningRate.shape = .constant
        config.training.batchSize = 10
        config.training.steps = steps
        config.training.precision = .fp32
        config.training.evaluationInterval = 1000
        config.training.saveInterval = 1000
        config.training.logInterval = 1
        return config
    }

    /// Trains in a folder; stops after `stop` steps where that is given.
    private func train(
        _ config: ExperimentConfig, name: String, stop: Int? = nil, resumes: Bool = false
    ) throws -> (trainer: Trainer, losses: [Double], run: RunDirectory) {
        #expect(config.problems.isEmpty)
        let run = RunDirectory(scratch.path(name))
        try run.open()
        defer { run.close() }
        try corpus.tokenizer.write(to: run.model.tokenizerPath)
        try Data(config.configJSON()).write(to: URL(fileURLWithPath: run.model.configPath))
        let trainer = try Trainer(config, tokenizer: corpus.tokenizer, corpus: corpus, run: run)
        if resumes { try trainer.resume { _ in } }
        var losses: [Double] = []
        _ = try trainer(shouldStop: { trainer.state.step == stop }) { event in
            if case .step(let report) = event { losses.append(report.loss) }
        }
        return (trainer, losses, run)
    }

    @Test(arguments: Variant.all) func learnsAndIsUsed(_ variant: Variant) throws {
        let (trainer, losses, run) = try train(config(variant, steps: 80), name: "learns")
        #expect(losses.count == 80)
        let (first, last) = (losses.prefix(10).reduce(0, +), losses.suffix(10).reduce(0, +))
        #expect(last < 0.7 * first)
        // The file gives the model back, and what it makes of text does not depend on the batch.
        let codec = try Codec(directory: run.path)
        #expect(codec.model.parameters.map(\.name) == trainer.model.parameters.map(\.name))
        let sequences = ["a w 0", "b x 1", "c"].map { codec.tokenIDs(of: Array($0.utf8)) }
        let texts = try codec.reconstruct(sequences: sequences)
        for (index, sequence) in sequences.enumerated() {
            #expect(try codec.reconstruct(sequences: [sequence]) == [texts[index]])
        }
        let samples = try codec.sampleSequences(count: 9, seed: 2)
        #expect(samples.count == 9)
        #expect(
            try codec.sampleSequences(count: 4, seed: 2, firstRow: 5) == Array(samples.suffix(4)))
        if codec.hasCodes {
            let codes = try codec.encode(sequences: sequences)
            #expect(codes.values.allSatisfy { 0..<6 ~= $0 })
            #expect(try codec.decodeSequences(codes) == texts)
        } else {
            #expect(throws: TextCodecError.noCodes) { try codec.encode(sequences: sequences) }
            #expect(try codec.latentMeans(sequences: sequences).map(\.count) == [6, 6, 6])
        }
    }

    /// Every kind of state is in the checkpoint: averages, usage, the start flag.
    @Test(arguments: Variant.all) func resumesBitForBit(_ variant: Variant) throws {
        let whole = try train(config(variant, steps: 8), name: "whole").trainer
        _ = try train(config(variant, steps: 8), name: "parts", stop: 3)
        let again = try train(config(variant, steps: 8), name: "parts", resumes: true).trainer
        for (a, b) in zip(whole.model.parameters, again.model.parameters) {
            expectSameBits(b.value.array, a.value.array, a.name)
        }
    }

    @Test func evaluationOfContinuousLatents() throws {
        let variant = Variant(bottleneck: .init(GaussianBottleneck.Config()))
        let (trainer, _, _) = try train(config(variant, steps: 40), name: "gaussian")
        let evaluator = try Evaluator(
            trainer.model, tokenizer: corpus.tokenizer, options: EvaluationOptions())
        try evaluator.add(["a w 0", "b x 1", "c y 2"].map { Array($0.utf8).map(Int32.init) })
        let report = evaluator.finish()
        #expect(report.latents == 3 && report.categories == 0 && report.bitsPerSentence == 0)
        #expect(report.klPerLatent.count == 3 && report.klNats > 0)
        #expect(abs(report.elboNats - (report.reconstructionNats - report.klNats)) < 1e-9)
    }

    /// Configurations and models written before there were bottlenecks to choose from are read as what they are.
    @Test func filesWithoutABottleneckAreCategorical() throws {
        let variant = Variant(bottleneck: .init(DiscreteVAE.Config()))
        let config = config(variant, steps: 2)
        let (_, _, run) = try train(config, name: "old")
        let path = run.model.configPath
        let text = String(decoding: try scratch.bytes(path), as: UTF8.self)
        let old = try #require(
            JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        var (tree, model) = (old, try #require(old["model"] as? [String: Any]))
        #expect(model.removeValue(forKey: "bottleneck") != nil)
        #expect(model.removeValue(forKey: "prior") != nil)
        tree["model"] = model
        try JSONSerialization.data(withJSONObject: tree).write(to: URL(fileURLWithPath: path))
        #expect(try ExperimentConfig(contentsOf: path) == config)
        #expect(try Codec(directory: run.path).latentCount == 3)
        // Another key may not be missing.
        model.removeValue(forKey: "latent_count")
        tree["model"] = model
        try JSONSerialization.data(withJSONObject: tree).write(to: URL(fileURLWithPath: path))
        #expect(throws: (any Error).self) { try ExperimentConfig(contentsOf: path) }
    }

    @Test func whatDoesNotGoTogetherIsSaid() {
        var config = config(
            Variant(
                bottleneck: .init(VectorQuantizer.Config()),
                prior: .init(FactorisedPrior.Config())), steps: 1)
        #expect(config.problems.contains { $0.hasPrefix("model.prior.type: got \"factorised\"") })
        config.model.bottleneck = .init(DiscreteVAE.Config())
        #expect(config.problems.isEmpty)
        config.objective.estimator = .init(Vimco())
        #expect(config.problems.isEmpty)
        config.model.prior = .init(AutoregressivePrior.Config())
        #expect(config.problems.count == 1)
        #expect(config.problems[0].contains("closed form"))
    }
}

extension String {
    fileprivate subscript(index: Int) -> String {
        String(self[self.index(startIndex, offsetBy: index)])
    }
}
