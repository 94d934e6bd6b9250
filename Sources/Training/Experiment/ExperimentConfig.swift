import Configuration
import DVAE
import SeqModel
import TextCodec

/// Everything that decides what a training run computes, given its corpus.
public struct ExperimentConfig: Codable, Sendable {
    /// What all random numbers come from.
    public var seed: UInt64 = 1
    /// Text → tokens.
    public var tokenizer = TokenizerConfig()
    /// The shape of the model.
    public var model = ModelConfig()
    /// What is maximised.
    public var objective = Objective()
    /// How parameters follow gradients.
    public var optimizer = Choice<OptimizerKind>(Adam.Config())
    /// How far they go at each step.
    public var learningRate = LearningRateSchedule()
    /// How long.
    public var training = TrainingConfig()
    /// On what.
    public var data = DataConfig()

    /// The defaults.
    public init() {}

    /// What is wrong with the values: `key.path: got …, want …`, a line each.
    public var problems: [String] {
        prefixed("tokenizer", tokenizer.problems) + prefixed("model", model.problems)
            + prefixed("objective", objectiveProblems)
            + prefixed("optimizer", optimizer.component.problems)
            + priorProblems
            + prefixed("learning_rate", learningRate.problems)
            + prefixed("training", training.problems) + prefixed("data", data.problems)
    }

    /// Estimators are asked about grids of possible sizes only; the model's problems tell of the others.
    private var objectiveProblems: [String] {
        guard 1...4096 ~= model.latentCount, 2...65_536 ~= model.categoryCount else {
            return objective.problems(latentCount: 1, categoryCount: 2)
        }
        return objective.problems(
            latentCount: model.latentCount, categoryCount: model.categoryCount)
    }

    /// Bounds of several draws and KL of the mean posterior need it in closed form.
    private var priorProblems: [String] {
        guard !Swift.type(of: model.prior.component).hasClosedDivergence else { return [] }
        let wrong = [
            objective.estimator.type == Vimco.type ? ("estimator.type", Vimco.type) : nil,
            objective.klTerm == .aggregate ? ("kl_term", KLTerm.aggregate.rawValue) : nil,
        ].compactMap { $0 }
        return wrong.map { key, value in
            "objective.\(key): got \"\(value)\", want another one beside "
                + "model.prior.type=\(model.prior.type), whose KL has no closed form; such a prior can also be "
                + "learned afterwards, by textvae train-prior"
        }
    }

    private func prefixed(_ section: String, _ problems: [String]) -> [String] {
        problems.map { "\(section).\($0)" }
    }
}

extension ExperimentConfig: Equatable {
    /// Two configurations are equal when all their values are.
    public static func == (a: ExperimentConfig, b: ExperimentConfig) -> Bool { "\(a)" == "\(b)" }
}
