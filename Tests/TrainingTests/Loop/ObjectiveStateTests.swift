import DVAE
import Files
import Foundation
import SeqModel
import TestSupport
import Testing
import TextCodec
import Tokenize

@testable import Tensors
@testable import Training

/// What training keeps beside the model survives a stop, and what it does to the model is what was asked for.
@Suite struct ObjectiveStateTests {
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

    private func config(_ change: (inout ExperimentConfig) -> Void) -> ExperimentConfig {
        var config = ExperimentConfig()
        config.model.latentCount = 2
        config.model.categoryCount = 3
        config.model.codeEmbeddingSize = 4
        config.model.conditionSize = 8
        config.model.embeddingSize = 8
        var encoder = GRUEncoder.Config()
        encoder.hiddenSize = 8
        config.model.encoder = .init(encoder)
        var decoder = GRUDecoder.Config()
        decoder.hiddenSize = 12
        config.model.decoder = .init(decoder)
        config.training.batchSize = 12
        config.training.steps = 12
        config.training.precision = .fp32
        config.training.evaluationInterval = 4
        config.training.saveInterval = 1000
        change(&config)
        return config
    }

    private func trainer(_ config: ExperimentConfig, _ name: String) throws -> (
        Trainer, RunDirectory
    ) {
        let run = RunDirectory(scratch.path(name))
        try run.open()
        try corpus.tokenizer.write(to: run.model.tokenizerPath)
        return (
            try Trainer(config, tokenizer: corpus.tokenizer, corpus: corpus, run: run), run
        )
    }

    /// A learned baseline, a controller, a bag of words and two stages, one at a time and all together.
    @Test(arguments: ["baseline", "average", "target", "bag", "stages", "all"])
    func resumedEndsAlike(kind: String) throws {
        let config = config { config in
            if kind == "baseline" || kind == "average" || kind == "all" {
                var reinforce = Reinforce()
                reinforce.baseline = kind == "average" ? .movingAverage : .learned
                reinforce.normalizesVariance = true
                config.objective.estimator = .init(reinforce)
            }
            if kind == "target" || kind == "all" { config.objective.targetKL.bitsPerCode = 1 }
            if kind == "bag" || kind == "all" { config.training.bagOfWordsWeight = 0.5 }
            if kind == "stages" || kind == "all" { config.training.pretrainingSteps = 5 }
        }
        let (whole, wholeRun) = try trainer(config, "whole")
        defer { wholeRun.close() }
        #expect(try whole(shouldStop: { false }) { _ in } == .finished)
        for stop in [3, 5, 8] {
            let (first, firstRun) = try trainer(config, "part-\(stop)")
            var steps = 0
            let stopped = try first(shouldStop: {
                steps += 1
                return steps == stop
            }) { _ in }
            #expect(stopped == .interrupted)
            firstRun.close()
            let (second, secondRun) = try trainer(config, "part-\(stop)")
            defer { secondRun.close() }
            try second.resume { _ in }
            #expect(second.state.step == stop)
            #expect(try second(shouldStop: { false }) { _ in } == .finished)
            for (a, b) in zip(whole.parameters, second.parameters) {
                expectSameBits(b.value.array, a.value.array, "\(kind), \(stop): \(a.name)")
            }
            #expect(second.state.objective == whole.state.objective)
        }
        // None of it is in the published model.
        try SafeTensorsFile(path: wholeRun.model.weightsPath, digest: .required)
            .requireNames(whole.model.parameters.map(\.name))
        if kind == "bag" || kind == "baseline" {
            #expect(!whole.companion.parameters.isEmpty)
            let fresh = try trainer(config, "fresh").0
            let moved = zip(fresh.companion.parameters, whole.companion.parameters)
                .filter { $0.value.array != $1.value.array }
            #expect(moved.count == whole.companion.parameters.count)
        }
    }

    /// After the first stage the decoder is fresh and its moments are 0; everything before it has stayed.
    @Test func secondStageBeginsWithANewDecoder() throws {
        let config = config { $0.training.pretrainingSteps = 5 }
        let (trainer, run) = try trainer(config, "stages")
        defer { run.close() }
        var steps = 0
        _ = try trainer(shouldStop: {
            steps += 1
            return steps == 5
        }) { _ in }
        #expect(trainer.objective == config.objective)
        let before = trainer.model.parameters.map { ($0.name, $0.value.array) }
        try trainer.beginSecondStage()
        let fresh = try TextModel(
            config.model, tokens: TokenSpace(corpus.tokenizer), source: .seed(config.seed &+ 1))
        var kept = 0
        for (index, parameter) in trainer.model.parameters.enumerated() {
            let isDecoder =
                parameter.name.hasPrefix("decoder.") || parameter.name.hasPrefix("condition.")
            if isDecoder {
                #expect(parameter.value.array == fresh.parameters[index].value.array)
            } else {
                #expect(parameter.value.array == before[index].1)
                kept += 1
            }
        }
        #expect(kept > 3 && kept < before.count)
        for (name, moment) in trainer.optimizer.state {
            let isDecoder = name.contains(".decoder.") || name.contains(".condition.")
            #expect(moment.array.allSatisfy { $0 == 0 } == isDecoder, "\(name)")
        }
    }

    @Test func firstStageHasNoKL() throws {
        let config = config {
            $0.training.pretrainingSteps = 6
            $0.training.logInterval = 1
            $0.objective.klWeight = Ramp(from: 0.5, to: 1, steps: 4)
        }
        let (trainer, run) = try trainer(config, "weights")
        defer { run.close() }
        var weights: [Double] = []
        _ = try trainer(shouldStop: { false }) { event in
            if case .step(let report) = event { weights.append(report.klWeight) }
        }
        // The ramp begins with the second stage.
        #expect(
            weights == [0, 0, 0, 0, 0, 0, 0.5, 0.625, 0.75, 0.875, 1, 1])
    }
}
