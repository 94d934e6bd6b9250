import Tensors

/// p(z): what the bound measures the posterior against, and what new codes are drawn from.
public protocol Prior {
    /// The shape of the codes.
    var grid: CodeGrid { get }

    /// KL(q ‖ p) of each latent, nats, `[B, D]`, with its gradient to both sides; for a ``ConditionalPrior``, which has no
    /// closed form, the part of it that has one: −H(q_d).
    func klDivergence(from posterior: CategoricalGrid, on tape: Tape) -> Variable

    /// New codes from p(z_d | …)^(1/temperature), normalised latent by latent; row i is drawn from the i-th stream, so it
    /// does not depend on how many are drawn.
    func sample(rowCount: Int, temperature: Float, random: (Int) -> RandomStream) -> Codes

    /// log p(z) of each row, nats.
    func logProbability(of codes: Codes) -> [Float]

    /// log p(z) of each row, nats, `[B]`, with its gradient to the prior's own parameters.
    func logProbability(of codes: Codes, on tape: Tape) -> Variable
}

extension Prior {
    /// New codes from p(z) itself.
    public func sample(rowCount: Int, random: (Int) -> RandomStream) -> Codes {
        sample(rowCount: rowCount, temperature: 1, random: random)
    }
}

extension Prior {
    /// KL(q ‖ p) of each latent, nats, `[B, D]`: in closed form, or where there is none, at codes drawn from q.
    public func divergence(
        from posterior: CategoricalGrid, at codes: Codes, on tape: Tape
    ) -> Tensor {
        let closed = klDivergence(from: posterior, on: tape).value
        guard let conditional = self as? any ConditionalPrior else { return closed }
        let terms = conditional.conditionals(
            of: Variable(constant: codes.oneHot(in: tape.arena)),
            using: RandomStream(seed: 0, "unused"), on: tape
        ).value
        let result = tape.arena.tensor(closed.shape)
        result.copy(from: closed)
        result.assign(-1, times: terms, accumulate: true)
        return result
    }
}

/// A prior whose latents depend on those before them: p(z) = Π_d p(z_d | z₍<d₎).
public protocol ConditionalPrior: Prior {
    /// log p(z_d | z₍<d₎) of one-hot or relaxed latents `[B, D, K]`, nats, `[B, D]`.
    ///
    /// Relaxed latents enter by Σ_k z_dk e_dk where they are given and by Σ_k z_dk log p(k | …) where they are predicted.
    /// Only a training tape applies dropout.
    func conditionals(
        of latents: Variable, using random: RandomStream, on tape: Tape
    ) -> Variable
}

extension ConditionalPrior {
    /// −H(q_d) of each latent, `[B, D]`.
    public func klDivergence(from posterior: CategoricalGrid, on tape: Tape) -> Variable {
        // KL to the uniform prior is −H + ln K: the same gradient.
        let kl = posterior.klDivergenceToUniform(on: tape)
        let result = tape.arena.tensor(kl.shape)
        result.fill(-LogTable.log(grid.categoryCount))
        result.add(kl.value)
        return tape.record(result) { [unowned tape] dy in tape.accumulate(dy, into: kl) }
    }

    /// Σ_d log p(z_d | z₍<d₎).
    public func logProbability(of codes: Codes, on tape: Tape) -> Variable {
        let terms = conditionals(
            of: Variable(constant: codes.oneHot(in: tape.arena)),
            using: RandomStream(seed: 0, "unused"), on: tape)
        let latents = grid.latentCount
        let sums = tape.arena.tensor(Shape(codes.rowCount))
        for row in 0..<codes.rowCount {
            var sum = 0.0
            for latent in 0..<latents { sum += Double(terms.value.pointer[row * latents + latent]) }
            sums.pointer[row] = Float(sum)
        }
        return tape.record(sums) { [unowned tape] dy in
            let spread = tape.arena.tensor(terms.shape)
            for index in 0..<spread.count { spread.pointer[index] = dy.pointer[index / latents] }
            tape.accumulate(spread, into: terms)
        }
    }

    /// The same without a gradient.
    public func logProbability(of codes: Codes) -> [Float] {
        guard codes.rowCount > 0 else { return [] }
        let tape = Tape(arena: Arena(), isRecording: false)
        return logProbability(of: codes, on: tape).value.array
    }
}
