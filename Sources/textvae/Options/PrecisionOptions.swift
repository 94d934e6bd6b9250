import ArgumentParser
import Tensors

/// What a model's weights are multiplied in when it decodes freely.
struct PrecisionOptions: ParsableArguments {
    /// The words of the flag.
    enum Choice: String, CaseIterable {
        /// bf16.
        case auto
        case fp32
        case bf16
    }

    @Option(
        name: .customLong("precision"),
        help: ArgumentHelp(
            "Of the weights in decoding: bf16 reads half the bytes, fp32 is to the letter; auto is bf16. (default: auto)",
            valueName: "auto|fp32|bf16"),
        completion: .words(of: Choice.self), transform: keyword)
    var choice = Choice.auto

    /// The precision asked for.
    var precision: Precision { choice == .fp32 ? .fp32 : .bf16 }
}
