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
        let (model, random) = (model, RandomStream(seed: 0, "unused"))
        let modes = try eachAtOnce(parts.count, use: \.encoding) { index, tape in
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

extension Codec {
    /// The versions of the parameters whose packed forms were made, for encoding and for decoding.
    struct Prepared {
        var encoding: Int?
        var decoding: Int?
    }

    /// The results of `body` for 0 ..< count, in order, as many at once as there are threads.
    ///
    /// What a model makes when first wanted, packed weights, is made by the first piece, which is then computed alone;
    /// the others find it there.
    func eachAtOnce<Result>(
        _ count: Int, use: WritableKeyPath<Prepared, Int?>,
        _ body: (_ index: Int, _ tape: Tape) throws -> Result
    ) throws -> [Result] {
        let version = model.parameters.reduce(0) { $0 + $1.version }
        let results = try team.map(count, firstAlone: prepared[keyPath: use] != version, body)
        if count > 0 { prepared[keyPath: use] = version }
        return results
    }
}
