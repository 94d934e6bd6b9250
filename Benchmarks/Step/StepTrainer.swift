import DVAE
import SeqModel
import Tensors
import TextCodec

/// What a number of steps took.
struct Round {
    /// Steps made.
    var steps = 0
    /// Tokens predicted, end marks included.
    var tokens = 0
    /// Wall-clock time.
    var seconds = 0.0
    /// The time of the fastest step: what a machine does between the interruptions of others.
    var fastest = Double.infinity
    /// The loss of the last step.
    var loss: Float = 0

    /// Appends a later round.
    mutating func add(_ other: Round) {
        steps += other.steps
        tokens += other.tokens
        seconds += other.seconds
        fastest = min(fastest, other.fastest)
        loss = other.loss
    }
}

/// Everything a training loop holds between steps.
final class StepTrainer {
    private let model: TextModel
    private let batches: [TokenBatch]
    private let objective: Objective
    private let optimizer: any Optimizer
    private let tape: Tape
    private let seed: UInt64
    private var step = 0

    /// Told where the time goes, if set.
    var profiler: StepProfiler? {
        get { tape.profiler }
        set { tape.profiler = newValue }
    }

    /// A fresh model, and a few batches to go round in.
    init(
        _ workload: StepModel, ragged: Bool, precision: Precision, seed: UInt64
    ) throws {
        self.seed = seed
        tape = Tape(arena: Arena(), isRecording: true, precision: precision)
        let model = try workload.makeModel(seed: seed)
        self.model = model
        batches = (0..<4).map { index in
            model.batch(
                workload.sizes.sequences(
                    ragged: ragged, using: RandomStream(seed: seed, "batch", step: index)))
        }
        var objective = Objective()
        objective.klWeight = Ramp(0.3)
        self.objective = objective
        optimizer = Adam.Config().makeOptimizer(model.parameters)
    }

    /// Makes whole training steps.
    @discardableResult
    func run(stepCount: Int) -> Round {
        let clock = ContinuousClock()
        var round = Round()
        for _ in 0..<stepCount {
            let batch = batches[step % batches.count]
            let seconds = clock.measure { round.loss = train(on: batch) } / .seconds(1)
            round.tokens += batch.tokenCount
            round.seconds += seconds
            round.fastest = min(round.fastest, seconds)
        }
        round.steps = stepCount
        return round
    }

    private func train(on batch: TokenBatch) -> Float {
        tape.profiler?.beginStep()
        tape.reset()
        for parameter in model.parameters { parameter.clearGradient() }
        let (bound, _) = model.bound(
            of: batch, objective: objective, at: step,
            using: RandomStream(seed: seed, "step", step: step), on: tape)
        tape.backward(from: bound.loss)
        let scale = GradientNorm(of: model.parameters).scale(clippingAt: 1)
        tape.profiler?.lap("gradientNorm")
        optimizer.update(rate: 1e-3, gradientScale: scale)
        tape.profiler?.lap("optimizer")
        step += 1
        return bound.loss.value[0]
    }
}
