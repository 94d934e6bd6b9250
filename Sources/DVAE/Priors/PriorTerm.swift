import Tensors

/// KL(q ‖ p) of a batch as it enters the bound.
///
/// Where it has a closed form, that is all. For a ``ConditionalPrior``
///
///     KL_d = −H(q_d) − E_q[log p(z_d | z₍<d₎)]
///
/// the entropy stays in closed form, and the expectation joins the function the estimator sees,
///
///     f′(z) = f(z) + Σ_d c_d (log p(z_d | z₍<d₎) − its value at a draw ẑ),      c_d = klWeight where KL_d > freeBits, else 0
///
/// so that the gradient is complete while f′ keeps the size of f: where the estimator draws ẑ too, f′ = f.
struct PriorTerm {
    /// KL of each latent, nats, `[B, D]`; estimated at ẑ where there is no closed form.
    let kl: Variable

    private let prior: (any ConditionalPrior)?
    private let weights: [Float]
    private let drawn: [Float]
    private let random: RandomStream

    /// The term of a batch; `random` is the estimator's stream, so that most estimators draw ẑ.
    init(
        _ prior: any Prior, _ posterior: CategoricalGrid, weight: Float, freeBits: Float,
        using random: RandomStream, on tape: Tape
    ) {
        self.random = random.stream("prior")
        let closed = prior.klDivergence(from: posterior, on: tape)
        guard let prior = prior as? any ConditionalPrior else {
            (kl, self.prior, weights, drawn) = (closed, nil, [], [])
            return
        }
        let codes = posterior.sample(using: random, on: tape)
        let terms = prior.conditionals(
            of: Variable(constant: codes.oneHot(in: tape.arena)), using: self.random,
            on: tape.detached
        ).value
        let estimate = tape.arena.tensor(closed.shape)
        estimate.copy(from: closed.value)
        estimate.assign(-1, times: terms, accumulate: true)
        let (batch, latents) = (posterior.batchSize, posterior.latentCount)
        let weights = (0..<latents).map { latent in
            var sum = 0.0
            for example in 0..<batch { sum += Double(estimate.pointer[example * latents + latent]) }
            return Float(sum / Double(batch)) > freeBits ? weight : 0
        }
        kl = tape.record(estimate) { [unowned tape] dy in tape.accumulate(dy, into: closed) }
        drawn = (0..<batch).map { example in
            var sum = 0.0
            for latent in 0..<latents {
                sum += Double(weights[latent] * terms.pointer[example * latents + latent])
            }
            return Float(sum)
        }
        self.prior = prior
        self.weights = weights
    }

    /// f′ at latents.
    func joined(_ f: LatentFunction, _ latents: Variable, _ tape: Tape) -> Variable {
        let value = f(latents, tape)
        guard let prior else { return value }
        let terms = prior.conditionals(of: latents, using: random, on: tape)
        let (batch, count) = (latents.shape[0], weights.count)
        let sum = tape.arena.tensor(value.shape)
        for example in 0..<batch {
            var total = 0.0
            for latent in 0..<count {
                total += Double(weights[latent] * terms.value.pointer[example * count + latent])
            }
            sum.pointer[example] = value.value.pointer[example] + (Float(total) - drawn[example])
        }
        return tape.record(sum) { [unowned tape, weights] dy in
            tape.accumulate(dy, into: value)
            let spread = tape.arena.tensor(terms.shape)
            for index in 0..<spread.count {
                spread.pointer[index] = dy.pointer[index / count] * weights[index % count]
            }
            tape.accumulate(spread, into: terms)
        }
    }
}
