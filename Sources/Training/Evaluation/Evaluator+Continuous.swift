import DVAE
import SeqModel
import Tensors

extension Evaluator {
    /// Adds what the posterior of a batch says of continuous latents; a draw and the mean, as embeddings.
    func measure(
        _ bottleneck: any ContinuousBottleneck, _ batch: TokenBatch, using stream: RandomStream
    ) -> Latents {
        let posterior = bottleneck.posterior(
            model.features(of: batch, using: stream, on: tape), on: tape)
        var statistics = gaussian ?? GaussianStatistics()
        statistics.add(posterior)
        gaussian = statistics
        add(divergences: posterior.klDivergenceToNormal(on: tape).value)
        if options.importanceSamples > 0 {
            importanceSum += bounds.importance(
                of: batch, posterior: posterior, bottleneck: bottleneck,
                samples: options.importanceSamples, using: stream.stream("importance")
            ).reduce(0, +)
        }
        let draw = posterior.sample(using: stream.stream("draw"), on: tape)
        let mean = Variable(constant: posterior.mean(in: tape.arena))
        return Latents(
            drawn: bottleneck.embed(draw, on: tape).value,
            own: bottleneck.embed(mean, on: tape).value)
    }

    /// What is known of latents without codes.
    func fill(_ result: inout EvaluationReport, of statistics: GaussianStatistics) {
        let information = statistics.mutualInformation
        result.activeLatents = information.count { $0 > LatentStatistics.activityThreshold }
        result.mutualInformationNats = information.reduce(0, +)
        result.mutualInformationCorrectedNats = result.mutualInformationNats
        result.informationBoundNats = result.klNats
    }
}
