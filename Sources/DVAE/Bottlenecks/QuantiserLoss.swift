import Tensors

extension Bound {
    /// The loss of a bottleneck without an evidence lower bound: −mean log p(x | z) + Σ of named terms.
    ///
    /// Its codes are certain, so KL to any prior is −log p(z), which has no gradient for a uniform one and is left out.
    ///
    /// - Parameters:
    ///   - logLikelihood: log p(x | z) per example, `[B]`.
    ///   - terms: what is added, a scalar each.
    static func quantised(
        logLikelihood: Variable, terms: [(name: String, value: Variable)], on tape: Tape
    ) -> Bound {
        let mean = tape.mean(logLikelihood)
        let loss = terms.reduce(tape.scale(mean, by: -1)) { tape.add($0, $1.value) }
        return Bound(
            loss: loss, reconstruction: mean.value[0], kl: 0, klPerLatent: [], klWeight: 0,
            terms: terms.map { Term(name: $0.name, value: $0.value.value[0]) })
    }
}
