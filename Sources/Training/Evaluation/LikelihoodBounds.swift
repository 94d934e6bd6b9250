import DVAE
import Foundation
import SeqModel
import Tensors
import TextCodec

/// Bounds on log p(x) that take many decodes a sentence: by importance sampling, and by summing over all codes.
///
///     log p(x) = log Σ_z p(z) p(x | z)  ≥  E log 1/S Σ_s p(z_s) p(x | z_s) / q(z_s | x),      z_s ~ q(z | x)
///
/// With continuous latents the sum over z is an integral, p and q are densities, and the bound is the same.
///
/// Sums of exponentials are taken in double, by the largest. Memory is that of one decode, however many there are.
struct LikelihoodBounds {
    let model: TextModel
    private let tape = Tape(arena: Arena(), isRecording: false)

    init(_ model: TextModel) { self.model = model }

    /// The importance-weighted bound of each sentence, in packed order.
    ///
    /// The s-th draw comes from the s-th stream, so more draws add to fewer.
    func importance(
        of batch: TokenBatch, posterior: CategoricalGrid, samples: Int, using random: RandomStream
    ) -> [Double] {
        logMeanWeights(of: batch, samples: samples) { sample in
            let codes = posterior.sample(using: random.stream(sample), on: tape)
            let logPosterior = posterior.logProbability(of: codes)
            return zip(joint(of: batch, codes), logPosterior).map { $0 - Double($1) }
        }
    }

    /// The same where latents are continuous.
    func importance(
        of batch: TokenBatch, posterior: DiagonalGaussian, bottleneck: any ContinuousBottleneck,
        samples: Int, using random: RandomStream
    ) -> [Double] {
        logMeanWeights(of: batch, samples: samples) { sample in
            let latents = posterior.sample(using: random.stream(sample), on: tape)
            let likelihood = model.likelihood(
                of: batch, embeddings: bottleneck.embed(latents, on: tape),
                using: RandomStream(seed: 0, "unused"), on: tape)
            return zip(
                likelihood.sequence.value.array, posterior.logRatioToNormal(at: latents.value)
            ).map { Double($0) - $1 }
        }
    }

    /// log 1/S Σ_s e^w_s of each sentence, given the log weights w_s of a draw.
    private func logMeanWeights(
        of batch: TokenBatch, samples: Int, weights: (_ sample: Int) -> [Double]
    ) -> [Double] {
        let terms = (0..<samples).map { sample -> [Double] in
            tape.reset()
            return weights(sample)
        }
        return (0..<batch.batchSize).map { row in LogMean.exp(terms.map { $0[row] }) }
    }

    /// log p(x) of each sentence, in packed order.
    func exact(of batch: TokenBatch) -> [Double] {
        guard let grid = model.config.grid else { preconditionFailure("there are no codes to sum") }
        let (latents, categories) = (grid.latentCount, grid.categoryCount)
        let assignments = ExactEnumeration.assignments(
            latentCount: latents, categoryCount: categories)
        let terms = assignments.map { assignment -> [Double] in
            tape.reset()
            var codes = Codes(latentCount: latents, categoryCount: categories, rowCount: 0)
            for _ in 0..<batch.batchSize { codes.values += assignment }
            return joint(of: batch, codes)
        }
        return (0..<batch.batchSize).map { row in
            LogMean.exp(terms.map { $0[row] }) + log(Double(terms.count))
        }
    }

    /// log p(x, z) of each sentence and its row of codes.
    private func joint(of batch: TokenBatch, _ codes: Codes) -> [Double] {
        let likelihood = model.likelihood(of: batch, codes: codes, on: tape)
        guard let prior = model.prior else { preconditionFailure("codes have a prior") }
        return zip(likelihood.sequence.value.array, prior.logProbability(of: codes))
            .map { Double($0) + Double($1) }
    }
}
