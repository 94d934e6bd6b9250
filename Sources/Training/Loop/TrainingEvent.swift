import Tensors
import TextCodec

/// What a run reports while it goes on.
public enum TrainingEvent: Sendable {
    /// Something to know that is neither progress nor an error.
    case note(String)
    /// Training begins or goes on.
    case began(RunSummary)
    /// A window of steps has passed.
    case step(StepReport)
    /// The held-out sentences were evaluated; `isBest` when the model was published for it.
    case evaluated(step: Int, report: EvaluationReport, isBest: Bool)
    /// A checkpoint was written.
    case saved(step: Int, path: String)
}

/// What is about to be trained.
public struct RunSummary: Sendable {
    /// Learned numbers.
    public let parameterCount: Int
    /// V.
    public let vocabularySize: Int
    /// Sentences to train on.
    public let trainingSentences: Int
    /// Sentences held out.
    public let heldOutSentences: Int
    /// Steps of one epoch.
    public let stepsPerEpoch: Int
    /// Steps done before.
    public let firstStep: Int
    /// Steps of the whole run.
    public let stepCount: Int
    /// What matrix products multiply.
    public let precision: Precision
    /// The shape of the grid and what it holds.
    public let model: ModelConfig
}

/// The means over a window of steps.
///
/// Terms are in nats per sentence.
public struct StepReport: Codable, Sendable {
    /// Steps done.
    public var step: Int
    /// Steps of the whole run.
    public var steps: Int
    /// Passes over the corpus, with fraction.
    public var epoch: Double
    /// The loss minimised.
    public var loss: Double
    /// log p(x | z).
    public var reconstruction: Double
    /// KL(posterior ‖ prior).
    public var kl: Double
    /// The weight on it at the last step.
    public var klWeight: Double
    /// −log p(x | z) per token.
    public var lossPerToken: Double
    /// Teacher-forced accuracy under training noise.
    public var tokenAccuracy: Double
    /// The gradient's norm before clipping.
    public var gradientNorm: Double
    /// The learning rate at the last step.
    public var learningRate: Double
    /// Tokens per second.
    public var tokensPerSecond: Double
    /// Sentences per second.
    public var sentencesPerSecond: Double
    /// Seconds to the end of the run at this speed.
    public var secondsLeft: Double
}

/// Sums over the open window; part of a checkpoint, so that a resumed run logs what an undisturbed one would.
struct StepWindow: Codable, Equatable {
    var steps = 0
    var sentences = 0
    var tokens = 0
    var correct = 0
    var loss = 0.0
    var reconstruction = 0.0
    var kl = 0.0
    var gradientNorm = 0.0
    /// Time spent in the window's steps; the only thing here that no seed fixes.
    var seconds = 0.0
}
