import SeqModel
import Tensors

/// REINFORCE (Williams 1992) with a baseline b.
///
///     ∂f/∂θ ≈ (f(z) − b) ∂log q(z)/∂θ
///
/// Unbiased for every f and every b that does not depend on z, differentiable or not, with a noise that grows with the
/// number of latents. The best constant is near the mean of f; see ``Baseline`` for those that find it themselves.
public struct Reinforce: RememberingEstimator, Equatable {
    /// The name in configurations.
    public static let type = "reinforce"
    /// One line for lists.
    public static let summary =
        "score function with a baseline (number, batch, mode, moving_average, learned): unbiased, noisy"
    /// Exact in expectation.
    public static let isUnbiased = true
    /// b.
    public var baseline = Baseline.constant(0)
    /// How much of the past a moving average keeps at each batch.
    public var baselineDecay: Float = 0.95
    /// The hidden units of a learned baseline.
    public var baselineSize = 64
    /// Whether f − b is divided by max(1, its moving standard deviation), which keeps the gradient's scale from following
    /// that of f (NVIL: Mnih and Gregor 2014, arXiv 1402.0030).
    ///
    /// The direction of the expected gradient stays exact, its length does not.
    public var normalizesVariance = false

    /// The defaults.
    public init() {}

    /// A moving average, and the net of a learned baseline.
    public func makeMemory(
        latentCount: Int, categoryCount: Int, in scope: ParameterScope
    ) throws -> EstimatorMemory {
        EstimatorMemory(
            network: baseline == .learned
                ? try BaselineNetwork(
                    latentCount: latentCount, categoryCount: categoryCount,
                    hiddenSize: baselineSize, in: scope.scope("baseline")) : nil)
    }

    /// f at one draw, with (f − b)·score as the gradient of the logits.
    public func expectation(
        of f: LatentFunction, under posterior: CategoricalGrid, at step: Int,
        using random: RandomStream, on tape: Tape, remembering memory: EstimatorMemory?
    ) -> Variable {
        let codes = posterior.sample(using: random, on: tape)
        let value = f(Variable(constant: codes.oneHot(in: tape.arena)), tape)
        let result = tape.arena.tensor(value.shape)
        result.copy(from: value.value)
        guard tape.isRecording else { return Variable(constant: result) }
        let values = value.value.array.map(Double.init)
        let known = (memory?.numbers ?? EstimatorMemory.Numbers()).values
        let guess = memory?.network?(posterior, on: tape)
        // The net guesses how many standard deviations f lies above its moving average.
        let deviation = max(1, known.standardDeviation)
        let baselines: [Double]
        switch baseline {
        case .movingAverage: baselines = values.map { _ in known.mean }
        case .learned:
            baselines = values.indices.map {
                known.mean + deviation * Double(guess?.value.pointer[$0] ?? 0)
            }
        default:
            baselines = baseline.values(for: values) {
                let mode = Variable(constant: posterior.mode().oneHot(in: tape.arena))
                return f(mode, tape.detached).value.array.map(Double.init)
            }
        }
        let centred = zip(values, baselines).map { $0 - $1 }
        let scale =
            normalizesVariance
            ? 1 / max(1, memory?.numbers.signals.standardDeviation ?? 1) : 1
        let signals = centred.map { Float($0 * scale) }
        memory?.numbers.values.add(values, decay: Double(baselineDecay))
        memory?.numbers.signals.add(centred, decay: Double(baselineDecay))
        return tape.record(result) { [unowned tape] dy in
            tape.accumulate(dy, into: value)
            let gradient = tape.arena.zeros(posterior.logits.shape)
            ScoreFunction.add(
                weight: { dy.pointer[$0] * signals[$0] }, codes: codes, posterior: posterior,
                to: gradient)
            tape.accumulate(gradient, into: posterior.logits)
            guard let guess else { return }
            // The mean of ((f − b) / deviation)², each example weighing what it weighs in the loss.
            let dguess = tape.arena.tensor(guess.shape)
            for example in centred.indices {
                dguess.pointer[example] =
                    -2 * abs(dy.pointer[example]) * Float(centred[example] / deviation)
            }
            tape.accumulate(dguess, into: guess)
        }
    }

    /// A constant must be finite.
    public func problems(latentCount: Int, categoryCount: Int) -> [String] {
        let problems =
            Check.rate("baseline_decay", baselineDecay)
            + Check.positive("baseline_size", baselineSize, atMost: 65_536)
        guard case .constant(let value) = baseline, !value.isFinite else { return problems }
        return ["baseline: got \(value), want a finite number"] + problems
    }
}
