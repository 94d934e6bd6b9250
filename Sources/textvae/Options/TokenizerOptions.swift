import ArgumentParser
import Tokenize

/// Which tokenizer is used.
struct TokenizerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A tokenizer file, from textvae tokenize train or a model's folder.", valueName: "file"),
        completion: .file())
    var tokenizer: String

    /// Loads the tokenizer.
    func load() throws -> Tokenizer {
        let loaded = try Tokenizer(contentsOf: tokenizer)
        if let warning = loaded.versionWarning { StandardError.note(warning) }
        return loaded
    }
}
