import ArgumentParser
import SeqModel
import Training

/// The settings of a prior's training.
struct PriorOptions: ParsableArguments {
    @Option(
        help: "What the prior is made of: gru (the default) or transformer.",
        completion: .words(of: CausalStackKind.self), transform: keyword)
    var layer = CausalStackKind.gru

    @Option(help: ArgumentHelp("Width of the layers.", valueName: "count"))
    var hiddenSize = PriorTrainingConfig().prior.hiddenSize

    @Option(help: ArgumentHelp("Layers.", valueName: "count"))
    var layers = PriorTrainingConfig().prior.layerCount

    @Option(help: ArgumentHelp("Dropout inside and after the layers.", valueName: "rate"))
    var dropout = PriorTrainingConfig().prior.dropout

    @Option(help: ArgumentHelp("Steps at most.", valueName: "count"))
    var steps = PriorTrainingConfig().steps

    @Option(
        help: ArgumentHelp("Steps between measurements on held-out codes.", valueName: "count"))
    var evaluationInterval = PriorTrainingConfig().evaluationInterval

    @Option(help: ArgumentHelp("The highest learning rate.", valueName: "rate"))
    var learningRate = PriorTrainingConfig().learningRate.peak

    @Option(help: ArgumentHelp("Codes drawn from the posterior of each line.", valueName: "count"))
    var draws = PriorTrainingConfig().draws

    @Option(help: "What all random numbers come from.")
    var seed: UInt64 = 1

    /// The checked settings.
    func config() throws -> PriorTrainingConfig {
        var config = PriorTrainingConfig()
        config.seed = seed
        config.prior.layer = layer
        config.prior.hiddenSize = hiddenSize
        config.prior.layerCount = layers
        config.prior.dropout = dropout
        config.steps = steps
        config.evaluationInterval = evaluationInterval
        config.learningRate.peak = learningRate
        config.learningRate.warmupSteps = min(100, steps / 10)
        config.draws = draws
        let problems = config.problems
        guard problems.isEmpty else {
            throw UserError.usage(problems.joined(separator: "; "))
        }
        return config
    }
}
