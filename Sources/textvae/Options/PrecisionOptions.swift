import ArgumentParser
import Tensors

/// What a model multiplies when it decodes freely.
struct PrecisionOptions: ParsableArguments {
    /// The words of the flag.
    enum Choice: String, CaseIterable {
        /// What the processor is fastest in.
        case auto
        case fp32
        case bf16
    }

    @Option(
        name: .customLong("precision"),
        help: ArgumentHelp(
            "Of products in decoding: bf16 is faster where the processor has it (auto), fp32 is to the letter. (default: auto)",
            valueName: "auto|fp32|bf16"),
        completion: .words(of: Choice.self), transform: keyword)
    var choice = Choice.auto

    /// The precision asked for.
    var precision: Precision {
        switch choice {
        case .auto: .fastest
        case .fp32: .fp32
        case .bf16: .bf16
        }
    }
}
