import DVAE
import Foundation
import SeqModel
import Tensors
import TextCodec
import Tokenize

/// The loop: batch → bound → backward → clip → update, with evaluation, checkpoints and events between.
///
/// One thread drives it; kernels and products share a pool. A run is a pure function of its configuration and corpus:
/// batches of (seed, epoch), noise of (seed, stream, step).
public final class Trainer {
    /// How a run ended.
    public enum Outcome: Sendable, Equatable {
        /// All steps are done.
        case finished
        /// It was asked to stop and saved itself.
        case interrupted
        /// There was nothing left to do.
        case alreadyFinished
    }

    /// The model in training.
    public let model: TextModel

    let config: ExperimentConfig
    let tokenizer: Tokenizer
    let corpus: TokenCorpus
    let schedule: BatchSchedule
    let run: RunDirectory
    let companion: TextObjectiveState
    let optimizer: any Optimizer
    let tape: Tape
    var state = TrainingState()
    var recentLosses: [Double] = []

    /// Where the time of the steps went, if asked for.
    public var profiler: StepProfiler? { tape.profiler }

    /// Everything that gradients move.
    var parameters: [Parameter] { model.parameters + companion.parameters }

    /// A trainer at step 0; `profiles` says whether to find out where the time goes.
    public init(
        _ config: ExperimentConfig, tokenizer: Tokenizer, corpus: TokenCorpus, run: RunDirectory,
        profiles: Bool = false
    ) throws {
        self.config = config
        self.tokenizer = tokenizer
        self.corpus = corpus
        self.run = run
        model = try TextModel(
            config.model, tokens: TokenSpace(tokenizer), source: .seed(config.seed))
        if let lengthScale = model.lengthScale {
            let lengths = try corpus.training.logLengths
            lengthScale.fit(mean: lengths.mean, standardDeviation: lengths.standardDeviation)
        }
        companion = try TextObjectiveState(
            config.objective, bagOfWordsWeight: config.training.bagOfWordsWeight,
            model: config.model, tokens: TokenSpace(tokenizer), source: .seed(config.seed))
        optimizer = config.optimizer.component.makeOptimizer(
            model.trainedParameters + companion.parameters)
        tape = Tape(
            arena: Arena(), isRecording: true, precision: config.training.precision.resolved)
        if profiles { tape.profiler = StepProfiler() }
        schedule = BatchSchedule(
            corpus, batchSize: config.training.batchSize,
            batchTokens: config.training.batchTokens, windowBatches: config.data.windowBatches,
            seed: config.seed)
        state.corpusDigest = corpus.digest
    }

    /// Goes on from the newest checkpoint that verifies; from step 0 when there is none.
    public func resume(_ report: (TrainingEvent) -> Void) throws {
        for checkpoint in Checkpoint.all(in: run) {
            do {
                let restored = try checkpoint.restore(
                    into: model, companion: companion, optimizer: optimizer)
                guard restored.corpusDigest == corpus.digest else {
                    throw TrainingError.corpusChanged(path: checkpoint.path)
                }
                state = restored
                report(.note("resuming from \(checkpoint.path)"))
                return
            } catch let error as TrainingError {
                guard case .badCheckpoint = error else { throw error }
                report(.note("passing over a checkpoint: \(error)"))
            } catch {
                report(.note("passing over a checkpoint: \(error)"))
            }
        }
        report(.note("no checkpoint to resume from: starting at step 0"))
    }

    /// Trains to the end or until asked to stop, then saves.
    ///
    /// - Parameters:
    ///   - shouldStop: asked after every step.
    ///   - report: told what happens.
    public func callAsFunction(
        shouldStop: () -> Bool, report: (TrainingEvent) -> Void
    ) throws -> Outcome {
        let stepCount = config.training.steps
        guard state.step < stepCount else { return .alreadyFinished }
        let log = try MetricsLog(path: run.metricsPath, keeping: state.metricsLength)
        report(.began(summary))
        while state.step < stepCount {
            try step(report: report, log: log)
            let isLast = state.step == stepCount
            if isLast || state.step % config.training.evaluationInterval == 0 {
                try evaluate(isLast: isLast, report: report, log: log)
            }
            let stops = !isLast && shouldStop()
            if isLast || stops || state.step % config.training.saveInterval == 0 {
                try save(report: report, log: log)
            }
            if stops { return .interrupted }
        }
        return .finished
    }

    private var summary: RunSummary {
        RunSummary(
            parameterCount: model.parameterCount, vocabularySize: tokenizer.vocabularySize,
            trainingSentences: corpus.trainingCount, heldOutSentences: corpus.heldOutCount,
            stepsPerEpoch: max(
                1, (schedule.batchCount - 1) / config.training.accumulation + 1),
            firstStep: state.step,
            stepCount: config.training.steps, precision: tape.precision, model: config.model)
    }

    private func evaluate(
        isLast: Bool, report: (TrainingEvent) -> Void, log: MetricsLog
    ) throws {
        // The best model is chosen by the same sentences at every step, whatever the last report covers.
        let selection = try heldOutReport(
            limit: config.training.evaluationSentences, decodes: false)
        let result = isLast ? try heldOutReport(limit: .max, decodes: true) : selection
        // The objective at its final weight, with hard codes: what the run is asked to make small.
        let tokensPerSentence = Double(selection.tokens) / Double(max(1, selection.sentences))
        let loss = objective.selectionLoss(
            reconstruction: -selection.lossNatsPerToken * tokensPerSentence,
            klPerLatent: config.objective.klTerm == .aggregate
                ? selection.aggregateKlPerLatent : selection.klPerLatent)
        try require(loss.isFinite, "the held-out loss (\(loss))")
        let isBest = loss < state.bestLoss ?? .infinity
        if isBest {
            state.bestLoss = loss
            state.bestStep = state.step
            try run.model.writeWeights(of: model)
        }
        try log.write("evaluation", step: state.step, result)
        report(.evaluated(step: state.step, report: result, isBest: isBest))
    }

    private func heldOutReport(limit: Int, decodes: Bool) throws -> EvaluationReport {
        let evaluator = try Evaluator(
            model, tokenizer: tokenizer, options: EvaluationOptions(decodes: decodes),
            seed: config.seed)
        var left = limit
        for batch in corpus.heldOutBatches(batchSize: config.training.batchSize) where left > 0 {
            let sequences = try batch.sequences()
            try evaluator.add(sequences)
            left -= sequences.count
        }
        return evaluator.finish()
    }

    private func save(report: (TrainingEvent) -> Void, log: MetricsLog) throws {
        state.metricsLength = log.length
        let checkpoint = try Checkpoint.write(
            state, model: model, companion: companion, optimizer: optimizer, to: run,
            keep: config.training.keepCheckpoints)
        report(.saved(step: state.step, path: checkpoint.path))
    }
}
