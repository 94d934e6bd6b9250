import ArgumentParser
import Tensors
import TextCodec

/// Which model is used, and how fast.
struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder of a model: the output of textvae train.", valueName: "dir"),
        completion: .directory)
    var model: String

    @Option(
        help: ArgumentHelp(
            "Sequences computed at once: speed and memory, never results.", valueName: "count"))
    var batchSize = 64

    @OptionGroup var threading: ThreadOptions

    func validate() throws {
        guard 1...65_536 ~= batchSize else {
            throw ValidationError("--batch-size: got \(batchSize), want 1 … 65536.")
        }
    }

    /// Loads the model.
    ///
    /// - Parameters:
    ///   - ignoringPrior: whether a prior beside the model is left alone, whatever it is.
    ///   - precision: of products in decoding.
    func load(ignoringPrior: Bool = false, decodingIn precision: Precision = .fastest) throws
        -> Codec
    {
        try threading.apply()
        let codec = try Codec(directory: model, ignoringPrior: ignoringPrior)
        codec.batchSize = batchSize
        codec.precision = precision
        if let warning = codec.tokenizer.versionWarning { StandardError.note(warning) }
        return codec
    }

    /// Records read before any is computed: enough for batches of like length, and the bound on memory.
    var windowSize: Int { 64 * batchSize }
}
