import DVAE
import SeqModel
import TestSupport
import Testing
import TextCodec
import Tokenize

@testable import Tensors
@testable import Training

/// Updates from several batches, and where the time of steps goes.
@Suite struct AccumulationTests {
    private let scratch: CorpusScratch
    private let corpus: TokenCorpus

    init() throws {
        scratch = try CorpusScratch()
        let path = try scratch.write(sampleLines(36).joined(separator: "\n"))
        corpus = try TokenCorpus.open(
            scratch.cache,
            CorpusSource(paths: [path], heldOutPaths: [path], maximumLength: 60, seed: 1),
            tokenizer: .given(try Tokenizer(spec: TokenizerSpec(level: .byte))))
    }

    /// A run without noise: the estimator sums over all codes, nothing is dropped, no floor under KL.
    private func config(batchSize: Int, accumulation: Int, steps: Int) -> ExperimentConfig {
        var config = ExperimentConfig()
        config.model.latentCount = 2
        config.model.categoryCount = 3
        config.model.codeEmbeddingSize = 4
        config.model.conditionSize = 8
        config.model.embeddingSize = 8
        var encoder = GRUEncoder.Config()
        (encoder.hiddenSize, encoder.dropout) = (8, 0)
        config.model.encoder = .init(encoder)
        var decoder = GRUDecoder.Config()
        (decoder.hiddenSize, decoder.dropout, decoder.wordDropout) = (12, 0, 0)
        config.model.decoder = .init(decoder)
        config.objective.estimator = .init(ExactEnumeration())
        config.objective.freeBits = 0
        config.objective.klWeight = Ramp(0.5)
        config.optimizer = .init(SGD.Config())
        config.learningRate.warmupSteps = 0
        config.learningRate.peak = 0.1
        config.training.batchSize = batchSize
        config.training.accumulation = accumulation
        config.training.steps = steps
        config.training.precision = .fp32
        config.training.evaluationInterval = 1000
        config.training.saveInterval = 1000
        config.data.windowBatches = accumulation
        return config
    }

    private func train(
        _ config: ExperimentConfig, name: String, profiles: Bool = false
    ) throws -> (trainer: Trainer, reports: [StepReport]) {
        let run = RunDirectory(scratch.path(name))
        try run.open()
        try corpus.tokenizer.write(to: run.model.tokenizerPath)
        defer { run.close() }
        let trainer = try Trainer(
            config, tokenizer: corpus.tokenizer, corpus: corpus, run: run, profiles: profiles)
        var reports: [StepReport] = []
        let outcome = try trainer(shouldStop: { false }) { event in
            if case .step(let report) = event { reports.append(report) }
        }
        #expect(outcome == .finished)
        return (trainer, reports)
    }

    /// Three batches of 4 make the update of one batch of 12: the same sentences, each weighing the same.
    @Test func equalsTheLargeBatch() throws {
        let large = try train(config(batchSize: 12, accumulation: 1, steps: 3), name: "large")
        let small = try train(config(batchSize: 4, accumulation: 3, steps: 3), name: "small")
        for (a, b) in zip(large.trainer.model.parameters, small.trainer.model.parameters) {
            expectClose(b.value.array, a.value.array.map(Double.init), relative: 1e-5, a.name)
        }
        let fresh = try TextModel(
            config(batchSize: 4, accumulation: 3, steps: 3).model,
            tokens: TokenSpace(corpus.tokenizer), source: .seed(1))
        #expect(
            zip(fresh.parameters, small.trainer.model.parameters).contains {
                $0.value.array != $1.value.array
            })
        let (a, b) = (try #require(large.reports.last), try #require(small.reports.last))
        #expect(abs(a.loss - b.loss) < 1e-4 * abs(a.loss))
        #expect(abs(a.reconstruction - b.reconstruction) < 1e-4 * abs(a.reconstruction))
        #expect(abs(a.gradientNorm - b.gradientNorm) < 1e-4 * a.gradientNorm)
        #expect(a.epoch == 1 && b.epoch == 1)
    }

    /// Batches of unequal size weigh by their sentences: 36 = 16 + 16 + 4.
    @Test func weighsBySentences() throws {
        let large = try train(config(batchSize: 36, accumulation: 1, steps: 1), name: "whole")
        let small = try train(config(batchSize: 16, accumulation: 3, steps: 1), name: "parts")
        for (a, b) in zip(large.trainer.model.parameters, small.trainer.model.parameters) {
            expectClose(b.value.array, a.value.array.map(Double.init), relative: 1e-5, a.name)
        }
    }

    /// The parts of a profile: every operation of the model, and times that add up.
    @Test(arguments: [TrainingPrecision.fp32, .bf16])
    func profiles(precision: TrainingPrecision) throws {
        var config = config(batchSize: 12, accumulation: 2, steps: 4)
        config.training.precision = precision
        let (trainer, reports) = try train(config, name: "profile", profiles: true)
        let profiler = try #require(trainer.profiler)
        #expect(profiler.steps == 4)
        let lines = Dictionary(uniqueKeysWithValues: profiler.lines.map { ($0.name, $0) })
        for name in ["gru", "linear", "tokenLikelihood", "embedding", "layerNorm"] {
            let line = try #require(lines[name])
            #expect(line.forward > 0 && line.backward > 0 && line.calls >= 8)
        }
        for name in ["batches", "gradientNorm", "optimizer"] {
            #expect(try #require(lines[name]).calls == 4)
        }
        let gru = try #require(lines["gru"])
        #expect(gru.productOperations > 0)
        #expect(gru.productSeconds > 0 && gru.productSeconds < gru.seconds)
        #expect(try #require(lines["embedding"]).productOperations == 0)
        let seconds = profiler.lines.reduce(0) { $0 + $1.seconds }
        // What the trainer's own clock says of all steps.
        let whole = trainer.state.seconds
        #expect(seconds > 0.8 * whole && seconds < 1.2 * whole)
        #expect(!reports.isEmpty)
        #expect(try train(config, name: "plain").trainer.profiler == nil)
    }
}
