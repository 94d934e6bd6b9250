import RealModule
import SeqModel

/// ReinMax-Rao (Wang and Bui 2026, arXiv 2603.08257): ``ReinMax`` with the Jacobian at π_z exchanged for the one of
/// ``GumbelRao`` there.
///
///     π_z = (π + z)/2,      ∂f/∂θ ≈ 2/n Σᵢ J(yᵢ) g / τ − ½ J(π) g,      yᵢ = softmax((log π_z + Gᵢ)/τ),  Gᵢ given z
///
/// Between Gumbel-Rao and ReinMax in bias and in noise; meant for many categories (K ≥ 16).
public struct ReinMaxRao: PathwiseEstimator, Equatable {
    /// The name in configurations.
    public static let type = "reinmax_rao"
    /// One line for lists.
    public static let summary =
        "reinmax with Gumbel-Rao's Jacobian: less noise, more bias; for large K"
    /// Biased.
    public static let isUnbiased = false
    /// f sees the one-hot draw.
    public static let isRelaxed = false
    /// τ.
    public var temperature = Ramp(0.7)
    /// n.
    public var noiseCount = 32

    /// The defaults.
    public init() {}

    /// Adds 2 J(y) g / τ − ½ J(π) g for one noise given the draw.
    public func addGradient<Scalar: Real & BinaryFloatingPoint>(
        of row: LatentRow<Scalar>, g: UnsafePointer<Scalar>, temperature: Scalar,
        to out: UnsafeMutablePointer<Scalar>
    ) {
        row.average(withDraw: row.probabilities)
        row.conditionalSoftmax(of: row.space, temperature: temperature)
        row.addJacobian(of: row.space, times: g, scale: 2 / temperature, to: out)
        row.addJacobian(of: row.probabilities, times: g, scale: -0.5, to: out)
    }

    /// At least one noise is needed.
    public func problems(latentCount: Int, categoryCount: Int) -> [String] {
        temperatureProblems(0.01...100) + Check.range("noise_count", noiseCount, 1...1000)
    }
}
