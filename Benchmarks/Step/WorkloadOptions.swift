import ArgumentParser
import SeqModel

/// Which model's step it is: a size, an encoder and a decoder.
struct WorkloadOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: "The sizes: \(Workload.allCases.map(\.rawValue).joined(separator: " or ")).")
    var size: Workload

    @Option(help: "The encoder: \(EncoderKind.builtIn.types.joined(separator: ", ")).")
    var encoder = GRUEncoder.Config.type

    @Option(help: "The decoder: \(DecoderKind.builtIn.types.joined(separator: ", ")).")
    var decoder = GRUDecoder.Config.type

    @Option(help: "Where a Transformer decoder finds the codes: cross_attention or prefix.")
    var codesAs = TransformerDecoder.Config.CodesAs.crossAttention

    @Option(help: "How many latents tell the length.")
    var lengthLatents = 0

    func validate() throws { try model.validate() }

    /// The model whose step is measured.
    var model: StepModel {
        StepModel(
            sizes: size.sizes, encoder: encoder, decoder: decoder, codesAs: codesAs,
            lengthLatentCount: lengthLatents)
    }
}

extension TransformerDecoder.Config.CodesAs: ExpressibleByArgument {}
