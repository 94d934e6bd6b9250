import DVAE
import SeqModel
import Tensors

/// What training on text keeps beside the model: the objective's own state, and the head of its bag of words.
///
/// Its parameters are trained with the model's and saved in checkpoints; a published model is without them.
public final class TextObjectiveState {
    /// The objective's own.
    public let objective: ObjectiveState
    /// The head that gives words from the condition, if its loss has a weight.
    public let bagOfWords: BagOfWords?
    /// The weight of its loss beside the reconstruction's.
    public let bagOfWordsWeight: Float
    /// Every parameter, in the order of files; none for most objectives.
    public let parameters: [Parameter]

    /// The state before the first step, of a model with this configuration.
    ///
    /// - Parameter bagOfWordsWeight: of −log p of a sentence's words drawn from one distribution made of the condition
    ///   alone, nats per sentence (``BagOfWords``); 0: no such head.
    public init(
        _ objective: Objective, bagOfWordsWeight: Float = 0, model: ModelConfig,
        tokens: TokenSpace, source: ParameterStore.Source
    ) throws {
        self.bagOfWordsWeight = bagOfWordsWeight
        let store = ParameterStore(source)
        self.objective = try ObjectiveState(
            objective, latentCount: model.latentCount, categoryCount: model.categoryCount,
            in: store.root.scope("objective"))
        bagOfWords =
            bagOfWordsWeight > 0
            ? try BagOfWords(
                conditionSize: model.conditionSize, vocabularySize: tokens.vocabularySize,
                eos: tokens.eos, in: store.root.scope("bag_of_words")) : nil
        parameters = store.parameters
    }
}
