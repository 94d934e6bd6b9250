import DVAE
import SeqModel
import Tensors

/// What training on text keeps beside the model: the objective's own state, and the head of its bag of words.
///
/// Its parameters are trained with the model's and saved in checkpoints; a published model is without them.
public final class TextObjectiveState {
    /// The objective's own.
    public let objective: ObjectiveState
    /// The head that gives words from the condition, if the objective has one.
    public let bagOfWords: BagOfWords?
    /// Every parameter, in the order of files; none for most objectives.
    public let parameters: [Parameter]

    /// The state before the first step, of a model with this configuration.
    public init(
        _ objective: Objective, model: ModelConfig, tokens: TokenSpace,
        source: ParameterStore.Source
    ) throws {
        let store = ParameterStore(source)
        self.objective = try ObjectiveState(
            objective, latentCount: model.latentCount, categoryCount: model.categoryCount,
            in: store.root.scope("objective"))
        bagOfWords =
            objective.bagOfWords > 0
            ? try BagOfWords(
                conditionSize: model.conditionSize, vocabularySize: tokens.vocabularySize,
                eos: tokens.eos, in: store.root.scope("bag_of_words")) : nil
        parameters = store.parameters
    }
}
