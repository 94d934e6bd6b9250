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
    func load() throws -> Tokenizer { try Self.load(tokenizer) }

    /// Loads a tokenizer, and tells if another ICU made it.
    static func load(_ path: String) throws -> Tokenizer {
        let loaded = try Tokenizer(contentsOf: path)
        if let warning = loaded.versionWarning { StandardError.note("\(path): \(warning)") }
        return loaded
    }
}
