import DVAE
import SeqModel

/// How a prior is learned over the codes of a trained model.
public struct PriorTrainingConfig: Sendable, Equatable {
    /// What all random numbers come from.
    public var seed: UInt64 = 1
    /// The sizes of the autoregressive prior.
    public var prior = AutoregressivePrior.Config()
    /// Codes drawn from the posterior of each record, which the epochs take in turn.
    public var draws = 4
    /// Rows of codes in a batch.
    public var batchSize = 64
    /// Updates at most.
    public var steps = 4000
    /// What matrix products multiply.
    public var precision = TrainingPrecision.auto
    /// Updates between measurements on held-out codes.
    public var evaluationInterval = 200
    /// Measurements without an improvement after which training ends.
    public var patience = 5
    /// How far parameters go at each step.
    public var learningRate = LearningRateSchedule()
    /// The share of records held out, 0 … 0.5.
    public var heldOutShare = 0.05
    /// The most records held out.
    public var heldOutLimit = 2000

    /// The defaults.
    public init() {}

    /// What is wrong with the values: `key: got …, want …`, a line each.
    public var problems: [String] {
        prior.problems.map { "prior." + $0 } + Check.range("draws", draws, 1...64)
            + Check.positive("batch_size", batchSize, atMost: 65_536)
            + Check.positive("steps", steps, atMost: 100_000_000)
            + Check.positive("evaluation_interval", evaluationInterval, atMost: 100_000_000)
            + Check.positive("patience", patience, atMost: 1_000_000)
            + learningRate.problems.map { "learning_rate." + $0 }
            + Check.range("held_out_share", heldOutShare, 0.001...0.5)
            + Check.positive("held_out_limit", heldOutLimit, atMost: 1 << 20)
    }
}

/// How well priors predict held-out codes drawn from the posterior, nats per sentence: −mean log p(z).
public struct PriorReport: Codable, Sendable, Equatable {
    /// Held-out sentences.
    public var sentences = 0
    /// Every code equally probable: D ln K.
    public var uniformNats = 0.0
    /// Each latent by itself.
    public var factorisedNats = 0.0
    /// Each latent given those before it.
    public var autoregressiveNats = 0.0
    /// The step of the prior kept.
    public var step = 0
}

/// What happens while a prior is learned.
public enum PriorTrainingEvent: Sendable {
    /// Some steps are done.
    case step(PriorProgress)
    /// Held-out codes were measured; `isBest` when the prior was kept.
    case evaluated(PriorReport, isBest: Bool)
}

/// Where the training of a prior stands.
public struct PriorProgress: Sendable {
    /// Steps done.
    public let step: Int
    /// Steps at most.
    public let steps: Int
    /// −log p(z) of the last steps' codes under training noise, nats per sentence.
    public let nats: Double
    /// Sentences per second.
    public let sentencesPerSecond: Double
    /// Seconds to the last step at this speed.
    public let secondsLeft: Double
}
