import RealModule
import SeqModel
import Tensors

/// VIMCO (Mnih and Rezende 2016, arXiv 1602.06725): the importance-weighted bound of S draws, with a baseline for each
/// draw made of the others.
///
///     log wⱼ = f(zⱼ) + log p(zⱼ) − log q(zⱼ),      L = log 1/S Σⱼ wⱼ,      value = L + KL(q ‖ p)
///     ∂L/∂θ ≈ Σⱼ (L − L₋ⱼ − w̃ⱼ) ∂log q(zⱼ)/∂θ,      w̃ = w / Σ w
///
/// L₋ⱼ is L with wⱼ replaced by the geometric mean of the others. With f = log p(x | z), value − KL is the S-sample bound,
/// which rises with S from the evidence lower bound to log p(x); so an objective with klWeight 1 and no free bits
/// maximises that bound itself, and a klWeight below 1 adds the same bonus on KL as it does for one draw.
/// Unbiased for that bound, which for S > 1 is not E_q[f] − KL; what f depends on sees each draw by its share w̃ⱼ. Costs S
/// evaluations.
public struct Vimco: GradientEstimator, Equatable {
    /// The name in configurations.
    public static let type = "vimco"
    /// One line for lists.
    public static let summary =
        "importance-weighted bound of several draws, each against the others: S decodes"
    /// Exact for its own bound, not for E_q[f].
    public static let isUnbiased = false
    /// S.
    public var sampleCount = 4

    /// The defaults.
    public init() {}

    /// L + KL(q ‖ uniform).
    public func expectation(
        of f: LatentFunction, under posterior: CategoricalGrid, at step: Int,
        using random: RandomStream, on tape: Tape
    ) -> Variable {
        expectation(
            of: f, under: posterior,
            prior: UniformPrior(
                latentCount: posterior.latentCount, categoryCount: posterior.categoryCount),
            at: step, using: random, on: tape)
    }

    /// L + KL(q ‖ p), for a prior whose KL has a closed form.
    public func expectation(
        of f: LatentFunction, under posterior: CategoricalGrid, prior: any Prior, at step: Int,
        using random: RandomStream, on tape: Tape
    ) -> Variable {
        let (batch, latents) = (posterior.batchSize, posterior.latentCount)
        let draws = (0..<sampleCount).map { index in
            let codes = posterior.sample(using: random.stream(index), on: tape)
            return (
                codes: codes, value: f(Variable(constant: codes.oneHot(in: tape.arena)), tape),
                logPosterior: posterior.logProbability(of: codes),
                logPrior: prior.logProbability(of: codes, on: tape)
            )
        }
        let bounds = (0..<batch).map { example in
            MultiSampleBound(
                logWeights: draws.map {
                    Double($0.value.value.pointer[example])
                        + Double($0.logPrior.value.pointer[example])
                        - Double($0.logPosterior[example])
                })
        }
        let kl = prior.klDivergence(from: posterior, on: tape)
        let result = tape.arena.tensor(Shape(batch))
        for example in 0..<batch {
            let divergence = (0..<latents).reduce(0.0) {
                $0 + Double(kl.value.pointer[example * latents + $1])
            }
            result.pointer[example] = Float(bounds[example].value + divergence)
        }
        return tape.record(result) { [unowned tape] dy in
            let gradient = tape.arena.zeros(posterior.logits.shape)
            for (index, draw) in draws.enumerated() {
                let shares = tape.arena.tensor(dy.shape)
                for example in 0..<batch {
                    shares.pointer[example] =
                        dy.pointer[example] * Float(bounds[example].shares[index])
                }
                tape.accumulate(shares, into: draw.value)
                tape.accumulate(shares, into: draw.logPrior)
                ScoreFunction.add(
                    weight: { dy.pointer[$0] * Float(bounds[$0].scoreWeights[index]) },
                    codes: draw.codes, posterior: posterior, to: gradient)
            }
            tape.accumulate(gradient, into: posterior.logits)
            let dkl = tape.arena.tensor(kl.shape)
            for index in 0..<dkl.count { dkl.pointer[index] = dy.pointer[index / latents] }
            tape.accumulate(dkl, into: kl)
        }
    }

    /// At least two draws are needed.
    public func problems(latentCount: Int, categoryCount: Int) -> [String] {
        Check.range("sample_count", sampleCount, 2...64)
    }
}
