import ArgumentParser

/// The sizes of the models whose step is held against others.
enum Workload: String, CaseIterable, ExpressibleByArgument {
    /// Vocabulary 10,000, embeddings 256, states of 512, T = 24.
    case words
    /// Vocabulary 128, embeddings 64, states of 256, T = 64.
    case characters

    var sizes: StepSizes {
        switch self {
        case .words:
            StepSizes(tokenLimit: 24, vocabularySize: 10_000, embeddingSize: 256, width: 512)
        case .characters:
            StepSizes(tokenLimit: 64, vocabularySize: 128, embeddingSize: 64, width: 256)
        }
    }
}
