import ArgumentParser
import Tokenize

/// Into what windows the token ids of a record fall.
struct WindowOptions: ParsableArguments {
    @Option(
        name: [.customLong("max-len"), .customLong("maximum-length")],
        help: ArgumentHelp(
            "Most ids in a row: longer records make several rows, and nothing is left out.",
            valueName: "count"))
    var maximumLength: Int?

    @Option(
        help: ArgumentHelp(
            "How many ids at the end of a row begin the next one too. (default: 0)",
            valueName: "count"))
    var stride: Int?

    @Option(
        help: ArgumentHelp(
            "Fill short rows up with <eos>: left, right or none. (default: none)",
            valueName: "side"),
        completion: .words(of: TokenWindows.Padding.self), transform: keyword)
    var pad = TokenWindows.Padding.none

    func validate() throws {
        guard let maximumLength else {
            if stride != nil { throw ValidationError("--stride needs --max-len.") }
            if pad != .none { throw ValidationError("--pad needs --max-len.") }
            return
        }
        guard 1...Int(Int32.max) ~= maximumLength else {
            throw ValidationError("--max-len: got \(maximumLength), want 1 … 2^31 - 1.")
        }
        if let stride, !(0..<maximumLength ~= stride) {
            throw ValidationError(
                "--stride: got \(stride), want 0 … \(maximumLength - 1), less than --max-len.")
        }
    }

    /// The windows asked for, if any were.
    func windows() throws -> TokenWindows? {
        try maximumLength.map {
            try TokenWindows(length: $0, stride: stride ?? 0, padding: pad)
        }
    }
}
