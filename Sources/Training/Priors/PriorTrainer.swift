import DVAE
import Foundation
import SeqModel
import Tensors
import TextCodec

/// Learns priors over the codes of a trained model: the factorised one by counting, the autoregressive one by gradients.
///
///     loss = −mean_b Σ_d log p(z_bd | z_b₍<d₎),   z drawn from the posterior
///
/// which is what KL(q ‖ p) in the bound depends on. The prior with the least loss on held-out codes is kept. A run is a pure
/// function of its configuration and codes.
public final class PriorTrainer {
    /// How it ended.
    public enum Outcome: Sendable, Equatable {
        /// All steps are done, or more of them no longer helped.
        case finished
        /// It was asked to stop; what was best so far is kept.
        case interrupted
    }

    /// The priors in training.
    public let prior: LearnedPrior
    /// The last measurement of the priors kept.
    public private(set) var best = PriorReport()

    private let config: PriorTrainingConfig
    private let codes: PriorCodes
    private let optimizer: any Optimizer
    private let tape: Tape
    private var step = 0
    private var seconds = 0.0
    private var recent: [Double] = []

    /// A trainer at step 0.
    ///
    /// - Throws: ``TrainingError/noRecords(sources:reason:)`` when there is nothing to learn from or to measure on.
    public init(_ config: PriorTrainingConfig, codes: PriorCodes) throws {
        guard codes.trainingCount > 0, codes.heldOut.rowCount > 0 else {
            throw TrainingError.noRecords(
                sources: ["the lines given"],
                reason: "a prior wants records to learn from and others to hold out; there are "
                    + "\(codes.trainingCount) and \(codes.heldOut.rowCount), of those that fit the model"
            )
        }
        self.config = config
        self.codes = codes
        tape = Tape(
            arena: Arena(), isRecording: true, precision: config.precision.resolved)
        let grid = CodeGrid(
            latentCount: codes.heldOut.latentCount, categoryCount: codes.heldOut.categoryCount)
        prior = try LearnedPrior(config.prior, grid: grid, source: .seed(config.seed))
        optimizer = Adam.Config().makeOptimizer(
            prior.parameters.filter { $0.name.hasPrefix("autoregressive.") })
        prior.factorised.fit(counts: codes.counts)
    }

    /// Trains to the end or until asked to stop.
    ///
    /// - Parameters:
    ///   - shouldStop: asked after every step.
    ///   - keep: called with the priors whenever they are the best so far.
    ///   - report: told what happens.
    public func callAsFunction(
        shouldStop: () -> Bool, keep: (LearnedPrior) throws -> Void,
        report: (PriorTrainingEvent) -> Void
    ) throws -> Outcome {
        var misses = 0
        while step < config.steps {
            try update()
            report(.step(progress))
            let stops = shouldStop()
            guard stops || step == config.steps || step % config.evaluationInterval == 0 else {
                continue
            }
            let measured = measure()
            let isBest =
                best.step == 0 || measured.autoregressiveNats < best.autoregressiveNats
            if isBest {
                best = measured
                misses = 0
                try keep(prior)
            } else {
                misses += 1
            }
            report(.evaluated(measured, isBest: isBest))
            if stops { return .interrupted }
            if misses == config.patience { break }
        }
        return .finished
    }

    private func update() throws {
        let start = ContinuousClock.now
        tape.reset()
        for parameter in prior.parameters { parameter.clearGradient() }
        let latents = Variable(constant: try nextBatch().oneHot(in: tape.arena))
        let terms = prior.autoregressive.conditionals(
            of: latents, using: RandomStream(seed: config.seed, "prior", step: step), on: tape)
        let loss = tape.scale(tape.sum(terms), by: -1 / Float(latents.shape[0]))
        tape.backward(from: loss)
        let norm = GradientNorm(of: prior.parameters)
        guard loss.value[0].isFinite, norm.value.isFinite else {
            throw TrainingError.nonFinite(
                step: step, quantity: "the loss of the prior (\(loss.value[0])) or its gradient",
                losses: recent, lastCheckpoint: nil)
        }
        optimizer.update(
            rate: config.learningRate.rate(at: step, of: config.steps),
            gradientScale: norm.scale(clippingAt: 5))
        step += 1
        recent = recent.suffix(19) + [Double(loss.value[0])]
        seconds += (ContinuousClock.now - start) / .seconds(1)
    }

    /// The rows of a step: one pass after the other over all of them, each in an order and with a draw of its own.
    private func nextBatch() throws -> Codes {
        let count = codes.trainingCount
        let perEpoch = (count + config.batchSize - 1) / config.batchSize
        let (epoch, batch) = (step / perEpoch, step % perEpoch)
        var stream = RandomStream(seed: config.seed, "prior order", step: epoch)
        let order = RandomPermutation(count: count, using: &stream)
        let places = batch * config.batchSize..<min(count, (batch + 1) * config.batchSize)
        return try codes.training(
            places.lazy.map { order[$0] }, draw: epoch % codes.drawCount)
    }

    /// The priors on the held-out codes.
    public func measure() -> PriorReport {
        func nats(_ prior: any Prior) -> Double {
            var sum = 0.0
            for first in stride(from: 0, to: codes.heldOut.rowCount, by: 256) {
                let rows = codes.heldOut.rows(first..<min(codes.heldOut.rowCount, first + 256))
                sum -= prior.logProbability(of: rows).reduce(0) { $0 + Double($1) }
            }
            return sum / Double(codes.heldOut.rowCount)
        }
        var result = PriorReport()
        result.sentences = codes.heldOut.rowCount
        result.uniformNats = prior.autoregressive.grid.nats
        result.factorisedNats = nats(prior.factorised)
        result.autoregressiveNats = nats(prior.autoregressive)
        result.step = step
        return result
    }

    private var progress: PriorProgress {
        PriorProgress(
            step: step, steps: config.steps,
            nats: recent.reduce(0, +) / Double(max(1, recent.count)),
            sentencesPerSecond: Double(step * config.batchSize) / max(seconds, 1e-9),
            secondsLeft: Double(config.steps - step) * seconds / Double(max(1, step)))
    }
}
