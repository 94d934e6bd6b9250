import DVAE
import SeqModel
import Tensors

// What works for every bottleneck, with codes or without.
extension Codec {
    /// Whether the model has codes.
    public var hasCodes: Bool { model.config.grid != nil }

    /// The token ids that come back when sequences are encoded and decoded, in the order given.
    ///
    /// - Parameters:
    ///   - strategy: how tokens are chosen.
    ///   - seed: of the draws, for `sample`; row i of the whole call is drawn from stream `firstRow + i`.
    public func reconstruct(
        sequences: [[Int32]], strategy: SearchStrategy = .greedy, seed: UInt64 = 0,
        firstRow: Int = 0
    ) throws -> [[Int32]] {
        guard let continuous = model.continuous else {
            return try decodeSequences(
                encode(sequences: sequences), strategy: strategy, seed: seed, firstRow: firstRow)
        }
        try check(strategy)
        let random = RandomStream(seed: seed, "decode")
        var results = [[Int32]](repeating: [], count: sequences.count)
        forEachBatch(of: sequences) { batch, places in
            let features = model.features(
                of: batch, using: RandomStream(seed: 0, "unused"), on: tape)
            let decoded = model.decode(
                embeddings: continuous.embeddings(of: features, on: tape), strategy: strategy,
                precision: precision, on: tape
            ) { random.stream(firstRow + places[$0]) }
            for (row, place) in places.enumerated() { results[place] = decoded[row] }
        }
        return results
    }

    /// New token sequences: latents from the prior, decoded; row i depends on (seed, `firstRow` + i) alone.
    ///
    /// - Parameters:
    ///   - prior: where codes come from; continuous latents have one prior only.
    ///   - temperature: of the codes: below 1 likelier ones, above 1 more varied ones.
    public func sampleSequences(
        count: Int, seed: UInt64, firstRow: Int = 0, prior: PriorChoice = .model,
        temperature: Float = 1, strategy: SearchStrategy = .greedy
    ) throws -> [[Int32]] {
        guard let continuous = model.continuous else {
            let codes = try sampleCodes(
                count: count, seed: seed, firstRow: firstRow, prior: prior,
                temperature: temperature)
            return try decodeSequences(codes, strategy: strategy, seed: seed, firstRow: firstRow)
        }
        guard prior == .model else { throw TextCodecError.noCodes }
        try check(strategy)
        let (latents, tokens) = (
            RandomStream(seed: seed, "prior"), RandomStream(seed: seed, "decode")
        )
        return chunks(of: Array(0..<count)).flatMap { part -> [[Int32]] in
            tape.reset()
            let z = continuous.sample(
                rowCount: part.count, random: { latents.stream(firstRow + part[$0]) },
                in: tape.arena)
            z.assign(temperature.squareRoot(), times: z)
            let embeddings = continuous.embed(Variable(constant: z), on: tape)
            return model.decode(
                embeddings: embeddings.value, strategy: strategy, precision: precision, on: tape
            ) { tokens.stream(firstRow + part[$0]) }
        }
    }

    /// The means of continuous latents, D·n numbers a sequence, in the order given.
    ///
    /// - Throws: ``TextCodecError/noContinuousLatents`` with a bottleneck of codes.
    public func latentMeans(sequences: [[Int32]]) throws -> [[Float]] {
        guard let continuous = model.continuous else { throw TextCodecError.noContinuousLatents }
        var results = [[Float]](repeating: [], count: sequences.count)
        forEachBatch(of: sequences) { batch, places in
            let features = model.features(
                of: batch, using: RandomStream(seed: 0, "unused"), on: tape)
            let mean = continuous.posterior(features, on: tape).mean(in: tape.arena)
            let width = mean.count / max(1, places.count)
            for (row, place) in places.enumerated() {
                results[place] = Array(mean.buffer[row * width..<(row + 1) * width])
            }
        }
        return results
    }

    /// Batches of sequences of like length, so that short ones do not wait for long ones; `places` are the rows' places
    /// in `sequences`.
    func forEachBatch(
        of sequences: [[Int32]], _ body: (_ batch: TokenBatch, _ places: [Int]) throws -> Void
    ) rethrows {
        for part in chunksByLength(of: sequences) {
            tape.reset()
            let batch = model.batch(part.map { sequences[$0] })
            try body(batch, batch.order.map { part[$0] })
        }
    }

    /// The places of batches of sequences of like length, the longest first.
    func chunksByLength(of sequences: [[Int32]]) -> [[Int]] {
        chunks(of: sequences.indices.sorted { sequences[$0].count > sequences[$1].count })
    }

    func check(_ strategy: SearchStrategy) throws {
        if case .sample(let options) = strategy, let problem = options.problems.first {
            throw TextCodecError.badOption(problem)
        }
    }
}

extension Codec {
    /// Codes drawn from the posterior of token sequences, in the order given: `draws` rows of codes for each, one a set.
    ///
    /// - Parameter random: the stream of a sequence, from which all its draws come.
    public func drawCodes(
        sequences: [[Int32]], draws: Int, random: (Int) -> RandomStream
    ) throws -> [Codes] {
        let none = Codes(
            latentCount: latentCount, categoryCount: categoryCount, rowCount: sequences.count)
        var result = [Codes](repeating: none, count: draws)
        try forEachBatch(of: sequences) { batch, places in
            let posterior = try model.posterior(
                of: batch, using: RandomStream(seed: 0, "unused"), on: tape)
            for draw in 0..<draws {
                let codes = posterior.sample(on: tape) { random(places[$0]).stream(draw) }
                for (row, place) in places.enumerated() {
                    for latent in 0..<latentCount {
                        result[draw][place, latent] = codes[row, latent]
                    }
                }
            }
        }
        return result
    }
}
