import DVAE
import SeqModel
import Tensors

extension Codec {
    /// The codes of token sequences, in the order given.
    ///
    /// - Throws: ``TextCodecError/noCodes`` where latents are continuous.
    public func encode(sequences: [[Int32]]) throws -> Codes {
        var codes = Codes(
            latentCount: latentCount, categoryCount: categoryCount, rowCount: sequences.count)
        let parts = chunksByLength(of: sequences)
        // What a model makes when first wanted, packed weights and tables of angles, is made by the first batch, which
        // is computed alone and holds the longest sequence; the others find it there.
        let (model, random) = (model, RandomStream(seed: 0, "unused"))
        let modes = try team.map(parts.count) { index, tape in
            let batch = model.batch(parts[index].map { sequences[$0] })
            let posterior = try model.posterior(of: batch, using: random, on: tape)
            return (modes: posterior.mode(), order: batch.order)
        }
        for (part, found) in zip(parts, modes) {
            for (row, index) in found.order.enumerated() {
                for latent in 0..<latentCount {
                    codes[part[index], latent] = found.modes[row, latent]
                }
            }
        }
        return codes
    }
}
