import RealModule
import SeqModel

/// Gumbel-Rao (Paulus, Maddison and Krause 2021, arXiv 2010.04838): ``StraightThroughGumbel`` averaged over n noises that
/// would all have drawn the same z.
///
///     z ~ softmax(θ),      ∂f/∂θ ≈ 1/n Σᵢ J(yᵢ) g / τ,      yᵢ = softmax((θ + Gᵢ)/τ),  Gᵢ ~ Gumbel given z
///
/// The expectation of straight-through Gumbel, so its bias, with the noise that z does not account for divided by n
/// (Rao and Blackwell): never more, at one evaluation of f. Noise is a constant to the rule, whatever it is conditioned
/// on. For τ → 0 and n → ∞ it is ``Zgr``.
public struct GumbelRao: PathwiseEstimator, Equatable {
    /// The name in configurations.
    public static let type = "gumbel_rao"
    /// One line for lists.
    public static let summary = "straight-through Gumbel averaged over noise: less noise, same bias"
    /// Biased.
    public static let isUnbiased = false
    /// f sees the one-hot draw.
    public static let isRelaxed = false
    /// τ.
    public var temperature = Ramp(0.5)
    /// n.
    public var noiseCount = 10

    /// The defaults.
    public init() {}

    /// Adds J(y) g / τ for one noise given the draw.
    public func addGradient<Scalar: Real & BinaryFloatingPoint>(
        of row: LatentRow<Scalar>, g: UnsafePointer<Scalar>, temperature: Scalar,
        to out: UnsafeMutablePointer<Scalar>
    ) {
        row.conditionalSoftmax(of: row.probabilities, temperature: temperature)
        row.addJacobian(of: row.space, times: g, scale: 1 / temperature, to: out)
    }

    /// At least one noise is needed.
    public func problems(latentCount: Int, categoryCount: Int) -> [String] {
        temperatureProblems(0.01...100) + Check.range("noise_count", noiseCount, 1...1000)
    }
}
