import Configuration
import SeqModel
import Tensors

/// What training maximises: the evidence lower bound, with its remedies against collapse.
///
///     loss = 1/B Σ_b −E_q[log p(x_b | z)]  +  klWeight · Σ_d max(freeBits, 1/B Σ_b KL(q_bd ‖ p_d))
///
/// Terms are summed over tokens and latents and averaged over sentences; everything is in nats per sentence, so neither
/// the batch size nor padding changes their scale.
public struct Objective: Codable, Sendable, Equatable {
    /// The gradient estimator.
    public var estimator = Choice<EstimatorKind>(ReinMax())

    /// The weight on KL; 1 gives the bound itself.
    ///
    /// A rise from a small value keeps the decoder from learning to do
    /// without the codes before they mean anything.
    public var klWeight = Ramp(from: 0, to: 0.3, steps: 3000)

    /// Nats per latent that cost nothing.
    ///
    /// KL of a latent, averaged over the batch, has no gradient below this floor (Kingma, Salimans, Jozefowicz, Chen,
    /// Sutskever and Welling 2016, arXiv 1606.04934).
    public var freeBits: Float = 1

    /// The defaults.
    public init() {}

    /// What is wrong with the values for a grid of these sizes, a line each.
    public func problems(latentCount: Int, categoryCount: Int) -> [String] {
        Check.range("kl_weight.start", klWeight.start, 0...1000)
            + Check.range("kl_weight.end", klWeight.end, 0...1000)
            + Check.range("kl_weight.steps", klWeight.steps, 0...100_000_000)
            + Check.range("free_bits", freeBits, 0...100)
            + estimator.component.problems(
                latentCount: latentCount, categoryCount: categoryCount
            ).map { "estimator." + $0 }
    }

    /// Two objectives are equal when they encode alike.
    public static func == (a: Objective, b: Objective) -> Bool {
        a.klWeight == b.klWeight && a.freeBits == b.freeBits
            && "\(a.estimator)" == "\(b.estimator)"
    }
}

/// The bound of a batch, its parts in nats per sentence.
public struct Bound {
    /// What is minimised, a scalar on the tape.
    public let loss: Variable
    /// Mean log p(x | z), the reconstruction term.
    public let reconstruction: Float
    /// Mean KL(q ‖ p), summed over latents, unweighted and without floor.
    public let kl: Float
    /// Mean KL of each latent, `[D]`.
    public let klPerLatent: [Float]
    /// The weight in force.
    public let klWeight: Float
    /// What else the loss holds, by name, weighted: a quantiser's commitment, say.
    public var terms: [Term] = []

    /// A named part of the loss.
    public struct Term: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its value in the loss, mean per sentence.
        public let value: Float
    }

    /// The evidence lower bound itself: reconstruction − KL.
    public var elbo: Float { reconstruction - kl }
}

extension Objective {
    /// The bound of a batch under its posterior.
    ///
    /// - Parameters:
    ///   - posterior: q(z | x).
    ///   - prior: p(z).
    ///   - likelihood: log p(x | z) per example, in nats.
    public func bound(
        posterior: CategoricalGrid, prior: any Prior, at step: Int, using random: RandomStream,
        on tape: Tape, likelihood: LatentFunction
    ) -> Bound {
        let stream = random.stream("estimator")
        let term = PriorTerm(
            prior, posterior, weight: klWeight.value(at: step), freeBits: freeBits, using: stream,
            on: tape)
        let logLikelihood = estimator.component.expectation(
            of: { term.joined(likelihood, $0, $1) }, under: posterior, prior: prior, at: step,
            using: stream, on: tape)
        return bound(logLikelihood: logLikelihood, kl: term.kl, at: step, on: tape)
    }

    /// The bound of a batch from log p(x | z) per example, `[B]`, and KL of each latent, `[B, D]`.
    func bound(
        logLikelihood: Variable, kl: Variable, at step: Int, on tape: Tape
    ) -> Bound {
        let (weight, batch, latents) = (
            klWeight.value(at: step), kl.shape[0], kl.shape[1]
        )
        var klPerLatent = [Float](repeating: 0, count: latents)
        for latent in 0..<latents {
            var sum = 0.0
            for example in 0..<batch { sum += Double(kl.value.pointer[example * latents + latent]) }
            klPerLatent[latent] = Float(sum / Double(batch))
        }
        // Not max(freeBits, …), which would hide a NaN.
        let penalised = klPerLatent.reduce(Float(0)) { $0 + ($1 < freeBits ? freeBits : $1) }
        let reconstruction = Float(logLikelihood.value.sum() / Double(batch))
        let loss = tape.arena.tensor(Shape())
        loss[0] = -reconstruction + weight * penalised
        let variable = tape.record(loss) { [unowned tape] dy in
            let share = dy[0] / Float(batch)
            let dlikelihood = tape.arena.tensor(logLikelihood.shape)
            dlikelihood.fill(-share)
            tape.accumulate(dlikelihood, into: logLikelihood)
            let dkl = tape.arena.tensor(kl.shape)
            for index in 0..<dkl.count {
                dkl.pointer[index] = klPerLatent[index % latents] > freeBits ? share * weight : 0
            }
            tape.accumulate(dkl, into: kl)
        }
        return Bound(
            loss: variable, reconstruction: reconstruction, kl: klPerLatent.reduce(0, +),
            klPerLatent: klPerLatent, klWeight: weight)
    }
}
