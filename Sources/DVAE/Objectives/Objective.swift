import Configuration
import RealModule
import SeqModel
import Tensors

/// Which divergence from the prior the objective weighs.
public enum KLTerm: String, Codable, Sendable, CaseIterable {
    /// The mean of KL(q_b ‖ p) over the batch: that of the evidence lower bound.
    case posterior
    /// KL(mean_b q_b ‖ p): what the codes tell of an example, I(x; z), costs nothing (DI-VAE: Zhao, Lee and Eskenazi 2018,
    /// arXiv 1804.08069).
    ///
    /// The mean is taken over the batch, so it wants a large one, 30 examples at least.
    case aggregate
}

/// What training maximises: the evidence lower bound, with its remedies against collapse.
///
///     loss = 1/B Σ_b −E_q[log p(x_b | z)]  +  klWeight · Σ_d max(freeBits, KL_d)  −  entropyBonus · Σ_d H(q̄_d)
///     KL_d = 1/B Σ_b KL(q_bd ‖ p_d), or KL(q̄_d ‖ p_d) as klTerm says;      q̄_d = 1/B Σ_b q_bd
///
/// Log p(x | z) and KL are whole sums, over all parts of an example and all latents, averaged over examples: everything is
/// in nats per example, so the batch size does not change the scale.
public struct Objective: Codable, Sendable, Equatable {
    /// The gradient estimator.
    public var estimator = Choice<EstimatorKind>(ReinMax())

    /// The weight on KL; 1 gives the bound itself.
    ///
    /// A rise from a small value keeps the decoder from learning to do
    /// without the codes before they mean anything.
    public var klWeight = Ramp(from: 0, to: 0.3, steps: 3000)

    /// Which KL it is.
    public var klTerm = KLTerm.posterior

    /// Nats per latent that cost nothing.
    ///
    /// KL of a latent, averaged over the batch, has no gradient below this floor (Kingma, Salimans, Jozefowicz, Chen,
    /// Sutskever and Welling 2016, arXiv 1606.04934).
    public var freeBits: Float = 1

    /// Bits that a code shall carry: a controller finds the weight in place of `klWeight`.
    public var targetKL = TargetKL()

    /// ε: the posterior of training is (1 − ε) q + ε/K, so that no category ever dies (Hafner, Pasukonis, Ba and Lillicrap
    /// 2023, arXiv 2301.04104, with ε = 0.01).
    ///
    /// Codes in use are the modes, which it does not change.
    public var uniformMix: Float = 0

    /// The weight on the entropy of the batch's mean posterior, nats, against unused categories.
    public var entropyBonus: Float = 0

    /// The defaults.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case estimator, klWeight, klTerm, freeBits
        case targetKL = "targetKl"
        case uniformMix, entropyBonus
    }

    /// What is wrong with the values for a grid of these sizes, a line each.
    public func problems(latentCount: Int, categoryCount: Int) -> [String] {
        klWeight.problems("kl_weight", 0...1000)
            + Check.range("free_bits", freeBits, 0...100)
            + targetKL.problems(categoryCount: categoryCount)
            + Check.range("uniform_mix", uniformMix, 0...0.5)
            + Check.range("entropy_bonus", entropyBonus, 0...1000)
            + estimator.component.problems(
                latentCount: latentCount, categoryCount: categoryCount
            ).map { "estimator." + $0 }
    }

    /// The objective of a plain autoencoder: nothing but reconstruction, by the same estimator.
    ///
    /// What training in two stages begins with (Li, He, Neubig, Berg-Kirkpatrick and Yang 2019, arXiv 1909.00868).
    public var ofAutoencoder: Objective {
        var result = self
        result.klWeight = Ramp(0)
        result.targetKL = TargetKL()
        result.entropyBonus = 0
        return result
    }

    /// The loss at its final weights, from means over held-out examples: what models of one run are compared by.
    ///
    /// With a target, nats above it count once; the floor of free bits holds as in training.
    ///
    /// - Parameters:
    ///   - reconstruction: mean log p(x | z), nats.
    ///   - klPerLatent: of ``klTerm``, nats.
    public func selectionLoss(reconstruction: Double, klPerLatent: [Double]) -> Double {
        guard !targetKL.isOn else {
            let target = Double(targetKL.bitsPerCode) * Double(klPerLatent.count) * Double.log(2)
            return max(0, klPerLatent.reduce(0, +) - target) - reconstruction
        }
        let penalty = klPerLatent.reduce(0) { $0 + max(Double(freeBits), $1) }
        return Double(klWeight.end) * penalty - reconstruction
    }

    /// Two objectives are equal when all their values are.
    public static func == (a: Objective, b: Objective) -> Bool { "\(a)" == "\(b)" }
}
