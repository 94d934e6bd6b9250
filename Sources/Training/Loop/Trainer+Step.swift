import DVAE
import SeqModel
import Tensors
import TextCodec

extension Trainer {
    /// One update of the parameters: the gradients of `accumulation` batches, clipped.
    func step(report: (TrainingEvent) -> Void, log: MetricsLog) throws {
        let start = ContinuousClock.now
        tape.profiler?.beginStep()
        if state.step > 0 && state.step == config.training.pretrainingSteps {
            try beginSecondStage()
        }
        let batches = try nextBatches()
        tape.profiler?.lap("batches")
        for parameter in parameters { parameter.clearGradient() }
        let sentences = batches.reduce(0) { $0 + $1.batchSize }
        var sums = StepSums()
        for (index, batch) in batches.enumerated() {
            let share = Double(batch.batchSize) / Double(sentences)
            try backpropagate(batch, number: index, share: share, into: &sums)
        }
        // What the codes' own helpers learn does not shorten the model's step.
        let norm = GradientNorm(of: model.parameters)
        if !norm.value.isFinite {
            let culprit = model.parameters.first {
                $0.hasGradient && $0.gradient.firstNonFinite != nil
            }
            try require(false, "the gradient of " + (culprit?.name ?? "the parameters"))
        }
        tape.profiler?.lap("gradientNorm")
        optimizer.update(
            rate: config.learningRate.rate(at: state.step, of: config.training.steps),
            gradientScale: norm.scale(clippingAt: config.training.gradientClipNorm))
        tape.profiler?.lap("optimizer")
        recentLosses = Array((recentLosses + [sums.loss]).suffix(5))
        sums.gradientNorm = norm.value
        sums.seconds = (ContinuousClock.now - start) / .seconds(1)
        companion.objective.note(
            kl: sums.kl, latentCount: config.model.latentCount, target: objective.targetKL)
        state.objective = companion.objective.memory
        advance(sums)
        if state.step % config.training.logInterval == 0 || state.step == config.training.steps {
            let line = stepReport(klWeight: sums.klWeight)
            try log.write("step", step: state.step, line)
            report(.step(line))
            state.window = StepWindow()
        }
    }

    /// Complains of a quantity unless the condition holds.
    func require(_ condition: Bool, _ quantity: String) throws {
        guard !condition else { return }
        throw TrainingError.nonFinite(
            step: state.step, quantity: quantity, losses: recentLosses,
            lastCheckpoint: Checkpoint.all(in: run).first?.path)
    }

    private func nextBatches() throws -> [TokenBatch] {
        var batches: [TokenBatch] = []
        var cursor = state.cursor
        for _ in 0..<config.training.accumulation {
            batches.append(model.batch(try schedule.batch(at: cursor)))
            cursor = try schedule.next(after: cursor)
        }
        state.cursor = cursor
        return batches
    }

    /// Adds the gradients of a batch that makes up `share` of the step's sentences.
    private func backpropagate(
        _ batch: TokenBatch, number: Int, share: Double, into sums: inout StepSums
    ) throws {
        tape.reset()
        let draw = state.step * config.training.accumulation + number
        let (bound, scores) = model.bound(
            of: batch, objective: objective,
            at: max(0, state.step - config.training.pretrainingSteps),
            using: RandomStream(seed: config.seed, "training", step: draw), on: tape,
            state: companion)
        let loss = Double(bound.loss.value[0])
        try require(loss.isFinite, "the loss (\(loss))")
        tape.backward(from: bound.loss, scale: Float(share))
        sums.sentences += batch.batchSize
        sums.tokens += batch.tokenCount
        sums.loss += share * loss
        sums.reconstruction += Double(bound.reconstruction) * Double(batch.batchSize)
        sums.kl += share * Double(bound.kl)
        sums.klWeight = Double(bound.klWeight)
        if let scores {
            for row in 0..<batch.tokenCount where scores.best[row] == batch.targets[row] {
                sums.correct += 1
            }
        }
    }

    private func advance(_ sums: StepSums) {
        state.step += 1
        state.optimizerSteps = optimizer.stepCount
        state.seconds += sums.seconds
        state.window.steps += 1
        state.window.sentences += sums.sentences
        state.window.tokens += sums.tokens
        state.window.correct += sums.correct
        state.window.loss += sums.loss
        state.window.reconstruction += sums.reconstruction
        state.window.kl += sums.kl
        state.window.gradientNorm += sums.gradientNorm
        state.window.seconds += sums.seconds
    }

    private func stepReport(klWeight: Double) -> StepReport {
        let window = state.window
        let (steps, tokens) = (Double(max(1, window.steps)), Double(max(1, window.tokens)))
        let seconds = max(window.seconds, 1e-9)
        return StepReport(
            step: state.step, steps: config.training.steps,
            epoch: schedule.epochs(before: state.cursor), loss: window.loss / steps,
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
}

/// What the batches of one step add up to; `loss` and `kl` are means over its sentences.
private struct StepSums {
    var sentences = 0
    var tokens = 0
    var correct = 0
    var loss = 0.0
    var reconstruction = 0.0
    var kl = 0.0
    var klWeight = 0.0
    var gradientNorm = 0.0
    var seconds = 0.0
}
