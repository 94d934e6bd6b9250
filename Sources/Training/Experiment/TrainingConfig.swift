import SeqModel

/// How long and in what steps a model is trained.
public struct TrainingConfig: Codable, Sendable, Equatable {
    /// Records in a batch.
    public var batchSize = 64
    /// Tokens in a batch, end marks included: as many records of like length as fit; 0 for `batch_size` records.
    public var batchTokens = 0
    /// Batches whose gradients make one update, each weighing as many sentences as it has.
    public var accumulation = 1
    /// Updates of the parameters.
    public var steps = 8000
    /// Updates, of all those, made as a plain autoencoder, without KL.
    ///
    /// Afterwards the decoder begins anew, and the ramps of the objective with it (Li, He, Neubig, Berg-Kirkpatrick and Yang
    /// 2019, arXiv 1909.00868).
    public var pretrainingSteps = 0
    /// The weight on −log of a sentence's words drawn from one distribution made of the condition alone, nats per sentence
    /// (Zhao, Zhao and Eskenazi 2017, arXiv 1703.10960).
    ///
    /// Like word dropout it asks of the codes what the words before cannot tell. Its head is trained with the model and not
    /// published.
    public var bagOfWordsWeight: Float = 0
    /// What matrix products multiply: `auto`, `fp32` or `bf16`.
    public var precision = TrainingPrecision.auto
    /// The largest norm of all gradients together; longer ones are shortened to it.
    public var gradientClipNorm: Float = 5
    /// Steps between evaluations on held-out records.
    public var evaluationInterval = 500
    /// Held-out records of such an evaluation; the last one takes all.
    public var evaluationSentences = 1000
    /// Steps between checkpoints.
    public var saveInterval = 500
    /// Steps between lines of figures.
    public var logInterval = 20
    /// Checkpoints kept; older ones are deleted.
    public var keepCheckpoints = 2

    /// The defaults.
    public init() {}

    /// What is wrong with the values: `key: got …, want …`, a line each.
    public var problems: [String] {
        let most = 100_000_000
        return Check.positive("batch_size", batchSize, atMost: 65_536)
            + Check.range("batch_tokens", batchTokens, 0...1 << 24)
            + Check.positive("accumulation", accumulation, atMost: 65_536)
            + Check.positive("steps", steps, atMost: most)
            + Check.range("pretraining_steps", pretrainingSteps, 0...max(0, steps - 1))
            + Check.range("bag_of_words_weight", bagOfWordsWeight, 0...1000)
            + Check.range("gradient_clip_norm", gradientClipNorm, 1e-6...1e6)
            + Check.positive("evaluation_interval", evaluationInterval, atMost: most)
            + Check.positive("evaluation_sentences", evaluationSentences, atMost: most)
            + Check.positive("save_interval", saveInterval, atMost: most)
            + Check.positive("log_interval", logInterval, atMost: most)
            + Check.positive("keep_checkpoints", keepCheckpoints, atMost: 1000)
    }
}
