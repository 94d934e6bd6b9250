import Foundation
import Testing

/// A model trained once, by the binary, for all tests: D=4, K=4, a few steps.
struct TinyModel {
    let scratch: Scratch

    /// The model's folder.
    var path: String { scratch["model"] }
    /// Its corpus.
    var corpus: String { scratch["scenes.txt"] }

    /// The flags that make a run small; `steps` decide how long it takes.
    static func flags(steps: Int) -> [String] {
        [
            "--preset", "tiny", "--steps", "\(steps)", "--batch-size", "16",
            "--set", "model.latent_count=4", "--set", "model.category_count=4",
            "--set", "model.code_embedding_size=8", "--set", "model.condition_size=32",
            "--set", "model.embedding_size=16", "--set", "model.encoder.hidden_size=16",
            "--set", "model.decoder.hidden_size=32", "--set", "training.log_interval=1",
            "--set", "training.evaluation_interval=50", "--set", "training.save_interval=50",
        ]
    }

    static func get() throws -> TinyModel { try shared.get() }

    private static let shared = Result { try TinyModel() }

    private init() throws {
        scratch = try Scratch()
        try Command.run(
            "scenes", "generate", "--count", "300", "--output", scratch["scenes.txt"]
        ).succeeded()
        let run = try Command.run(
            ["train", scratch["scenes.txt"], "--output", scratch["model"]] + Self.flags(steps: 60))
        try run.succeeded()
    }
}
