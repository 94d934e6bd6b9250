import Tensors

/// The bound of a batch, its parts in nats per example.
public struct Bound {
    /// What is minimised, a scalar on the tape.
    public let loss: Variable
    /// Mean log p(x | z), the reconstruction term.
    public var reconstruction: Float
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
        /// Its value in the loss, mean per example.
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
    ///   - state: what is remembered from step to step; nil: nothing, so a target for KL has no controller and a
    ///     baseline that remembers is 0.
    ///   - likelihood: log p(x | z) per example, in nats.
    public func bound(
        posterior plain: CategoricalGrid, prior: any Prior, at step: Int,
        using random: RandomStream, on tape: Tape, state: ObjectiveState? = nil,
        likelihood: LatentFunction
    ) -> Bound {
        let posterior = uniformMix > 0 ? plain.mixed(withUniform: uniformMix, on: tape) : plain
        let weight = weight(at: step, state: state)
        let stream = random.stream("estimator")
        let term = PriorTerm(
            prior, posterior, weight: weight, freeBits: freeBits, using: stream, on: tape)
        let logLikelihood = expectation(
            of: { term.joined(likelihood, $0, $1) }, under: posterior, prior: prior, at: step,
            using: stream, on: tape, state: state)
        let needsAggregate = klTerm == .aggregate || entropyBonus > 0
        let aggregate = needsAggregate ? posterior.aggregate(on: tape) : nil
        let weighed =
            klTerm == .aggregate ? aggregate.map { prior.klDivergence(from: $0, on: tape) } : nil
        return bound(
            logLikelihood: logLikelihood, kl: term.kl, weighed: weighed ?? term.kl, weight: weight,
            bonus: aggregate.flatMap { entropyBonus > 0 ? bonus($0, on: tape) : nil }, on: tape)
    }

    /// The bound of a batch from log p(x | z) per example, `[B]`, and KL of each latent, `[B, D]`, where latents are
    /// continuous: the terms that speak of categories do not apply.
    func bound(
        logLikelihood: Variable, kl: Variable, at step: Int, on tape: Tape, state: ObjectiveState?
    ) -> Bound {
        bound(
            logLikelihood: logLikelihood, kl: kl, weighed: kl,
            weight: weight(at: step, state: state), bonus: nil, on: tape)
    }

    /// The weight on KL: the schedule's, or the controller's.
    private func weight(at step: Int, state: ObjectiveState?) -> Float {
        targetKL.isOn
            ? Float(state?.memory.controller.weight ?? 0) : klWeight.value(at: step)
    }

    private func bound(
        logLikelihood: Variable, kl: Variable, weighed: Variable, weight: Float, bonus: Variable?,
        on tape: Tape
    ) -> Bound {
        let batch = logLikelihood.value.count
        let reconstruction = Float(logLikelihood.value.sum() / Double(batch))
        let penalty = penalty(weighed, weight: weight, on: tape)
        let loss = tape.arena.tensor(Shape())
        loss[0] = penalty.value[0] - reconstruction + (bonus?.value[0] ?? 0)
        let variable = tape.record(loss) { [unowned tape] dy in
            let dlikelihood = tape.arena.tensor(logLikelihood.shape)
            dlikelihood.fill(-dy[0] / Float(batch))
            tape.accumulate(dlikelihood, into: logLikelihood)
            tape.accumulate(dy, into: penalty)
            if let bonus { tape.accumulate(dy, into: bonus) }
        }
        let klPerLatent = Self.latentMeans(of: kl.value)
        return Bound(
            loss: variable, reconstruction: reconstruction, kl: klPerLatent.reduce(0, +),
            klPerLatent: klPerLatent, klWeight: weight)
    }

    private func expectation(
        of f: LatentFunction, under posterior: CategoricalGrid, prior: any Prior, at step: Int,
        using random: RandomStream, on tape: Tape, state: ObjectiveState?
    ) -> Variable {
        guard let estimator = estimator.component as? any RememberingEstimator else {
            return estimator.component.expectation(
                of: f, under: posterior, prior: prior, at: step, using: random, on: tape)
        }
        return estimator.expectation(
            of: f, under: posterior, at: step, using: random, on: tape,
            remembering: state?.estimator)
    }

    /// weight · Σ_d max(freeBits, mean_b KL_bd), a scalar; KL is `[B, D]`.
    private func penalty(_ kl: Variable, weight: Float, on tape: Tape) -> Variable {
        let (rows, latents) = (kl.shape[0], kl.shape[1])
        let means = Self.latentMeans(of: kl.value)
        // Not max(freeBits, …), which would hide a NaN.
        let penalised = means.reduce(Float(0)) { $0 + ($1 < freeBits ? freeBits : $1) }
        let value = tape.arena.tensor(Shape())
        value[0] = weight * penalised
        return tape.record(value) { [unowned tape] dy in
            let share = dy[0] / Float(rows)
            let dkl = tape.arena.tensor(kl.shape)
            for index in 0..<dkl.count {
                dkl.pointer[index] = means[index % latents] > freeBits ? share * weight : 0
            }
            tape.accumulate(dkl, into: kl)
        }
    }

    /// −entropyBonus · Σ_d H(q̄_d), a scalar.
    private func bonus(_ aggregate: CategoricalGrid, on tape: Tape) -> Variable {
        // H = ln K − KL to uniform.
        let kl = aggregate.klDivergenceToUniform(on: tape)
        let value = tape.arena.tensor(Shape())
        let entropy =
            Float(aggregate.latentCount) * LogTable.log(aggregate.categoryCount)
            - Float(kl.value.sum())
        value[0] = -entropyBonus * entropy
        return tape.record(value) { [unowned tape] dy in
            let dkl = tape.arena.tensor(kl.shape)
            dkl.fill(entropyBonus * dy[0])
            tape.accumulate(dkl, into: kl)
        }
    }

    /// The mean over rows of each column of `[B, D]`.
    private static func latentMeans(of kl: Tensor) -> [Float] {
        let (rows, latents) = (kl.rows, kl.columns)
        return (0..<latents).map { latent in
            let sum = (0..<rows).reduce(0.0) { $0 + Double(kl.pointer[$1 * latents + latent]) }
            return Float(sum / Double(rows))
        }
    }
}
