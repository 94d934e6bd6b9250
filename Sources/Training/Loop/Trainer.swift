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

    private let config: ExperimentConfig
    private let tokenizer: Tokenizer
    private let corpus: TokenCorpus
    private let schedule: BatchSchedule
    private let run: RunDirectory
    private let optimizer: any Optimizer
    private let tape: Tape
    private var state = TrainingState()
    private var recentLosses: [Double] = []

    /// A trainer at step 0.
    public init(
        _ config: ExperimentConfig, tokenizer: Tokenizer, corpus: TokenCorpus, run: RunDirectory
    ) throws {
        self.config = config
        self.tokenizer = tokenizer
        self.corpus = corpus
        self.run = run
        model = try TextModel(
            config.model, tokens: TokenSpace(tokenizer), source: .seed(config.seed))
        optimizer = config.optimizer.component.makeOptimizer(model.parameters)
        tape = Tape(
            arena: Arena(), isRecording: true, precision: config.training.precision.resolved)
        schedule = BatchSchedule(
            corpus, batchSize: config.training.batchSize, windowBatches: config.data.windowBatches,
            seed: config.seed)
        state.corpusDigest = corpus.digest
    }

    /// Goes on from the newest checkpoint that verifies; from step 0 when there is none.
    public func resume(_ report: (TrainingEvent) -> Void) throws {
        for checkpoint in Checkpoint.all(in: run) {
            do {
                let restored = try checkpoint.restore(into: model, optimizer: optimizer)
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
            stepsPerEpoch: schedule.batchCount, firstStep: state.step,
            stepCount: config.training.steps, precision: tape.precision, model: config.model)
    }

    private func step(report: (TrainingEvent) -> Void, log: MetricsLog) throws {
        let start = ContinuousClock.now
        let step = state.step
        let batch = model.batch(try schedule.batch(at: state.cursor))
        tape.reset()
        for parameter in model.parameters { parameter.clearGradient() }
        let (bound, scores) = model.bound(
            of: batch, objective: config.objective, at: step,
            using: RandomStream(seed: config.seed, "training", step: step), on: tape)
        let loss = Double(bound.loss.value[0])
        try require(loss.isFinite, "the loss (\(loss))")
        tape.backward(from: bound.loss)
        let norm = GradientNorm(of: model.parameters)
        if !norm.value.isFinite {
            let culprit = model.parameters.first {
                $0.hasGradient && $0.gradient.firstNonFinite != nil
            }
            try require(false, "the gradient of " + (culprit?.name ?? "the parameters"))
        }
        optimizer.update(
            rate: config.learningRate.rate(at: step, of: config.training.steps),
            gradientScale: norm.scale(clippingAt: config.training.gradientClipNorm))
        recentLosses = Array((recentLosses + [loss]).suffix(5))
        advance(
            batch: batch, bound: bound, scores: scores, gradientNorm: norm.value,
            seconds: (ContinuousClock.now - start) / .seconds(1))
        if state.step % config.training.logInterval == 0 || state.step == config.training.steps {
            let line = stepReport(klWeight: Double(bound.klWeight))
            try log.write("step", step: state.step, line)
            report(.step(line))
            state.window = StepWindow()
        }
    }

    private func require(_ condition: Bool, _ quantity: String) throws {
        guard !condition else { return }
        throw TrainingError.nonFinite(
            step: state.step, quantity: quantity, losses: recentLosses,
            lastCheckpoint: Checkpoint.all(in: run).first?.path)
    }

    private func advance(
        batch: TokenBatch, bound: Bound, scores: TokenLikelihood?, gradientNorm: Double,
        seconds: Double
    ) {
        state.step += 1
        state.optimizerSteps = optimizer.stepCount
        state.seconds += seconds
        state.cursor = schedule.next(after: state.cursor)
        state.window.steps += 1
        state.window.sentences += batch.batchSize
        state.window.tokens += batch.tokenCount
        state.window.loss += Double(bound.loss.value[0])
        state.window.reconstruction += Double(bound.reconstruction) * Double(batch.batchSize)
        state.window.kl += Double(bound.kl)
        state.window.gradientNorm += gradientNorm
        state.window.seconds += seconds
        if let scores {
            for row in 0..<batch.tokenCount where scores.best[row] == batch.targets[row] {
                state.window.correct += 1
            }
        }
    }

    private func stepReport(klWeight: Double) -> StepReport {
        let window = state.window
        let (steps, tokens) = (Double(max(1, window.steps)), Double(max(1, window.tokens)))
        let seconds = max(window.seconds, 1e-9)
        return StepReport(
            step: state.step, steps: config.training.steps,
            epoch: Double(state.cursor.epoch) + Double(state.cursor.batch)
                / Double(schedule.batchCount),
            loss: window.loss / steps,
            reconstruction: window.reconstruction / Double(max(1, window.sentences)),
            kl: window.kl / steps, klWeight: klWeight,
            lossPerToken: -window.reconstruction / tokens,
            tokenAccuracy: Double(window.correct) / tokens,
            gradientNorm: window.gradientNorm / steps,
            learningRate: Double(
                config.learningRate.rate(at: state.step - 1, of: config.training.steps)),
            tokensPerSecond: Double(window.tokens) / seconds,
            sentencesPerSecond: Double(window.sentences) / seconds,
            secondsLeft: Double(config.training.steps - state.step) * state.seconds
                / Double(max(1, state.step)))
    }

    private func evaluate(
        isLast: Bool, report: (TrainingEvent) -> Void, log: MetricsLog
    ) throws {
        // The best model is chosen by the same sentences at every step, whatever the last report covers.
        let selection = try heldOutReport(
            limit: config.training.evaluationSentences, decodes: false)
        let result = isLast ? try heldOutReport(limit: .max, decodes: true) : selection
        // The objective at its final weight, with hard codes: what the run is asked to make small.
        let floor = Double(config.objective.freeBits)
        let penalty = selection.klPerLatent.reduce(0) { $0 + max(floor, $1) }
        let loss =
            selection.lossNatsPerToken * Double(selection.tokens)
            / Double(max(1, selection.sentences))
            + Double(config.objective.klWeight.end) * penalty
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
        let evaluator = Evaluator(model, tokenizer: tokenizer, decodes: decodes, seed: config.seed)
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
            state, model: model, optimizer: optimizer, to: run,
            keep: config.training.keepCheckpoints)
        report(.saved(step: state.step, path: checkpoint.path))
    }
}
