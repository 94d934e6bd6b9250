import RealModule

/// ReinMax (Liu, Dong, Liu, Yu and Gao 2023, arXiv 2304.08612): Heun's second-order rule for the difference that
/// straight-through takes to first order.
///
///     π_τ = softmax(θ/τ),  π_z = (π_τ + z)/2,      ∂f/∂θ ≈ 2 J(π_z) g − ½ J(π) g
///
/// At τ = 1 it equals ``Zgr`` sample by sample and is exact for every f that is at most quadratic in
/// the one-hots. It costs what straight-through costs. τ ≥ 1; above 1 it trades bias for less noise.
public struct ReinMax: PathwiseEstimator, Equatable {
    /// The name in configurations.
    public static let type = "reinmax"
    /// One line for lists.
    public static let summary = "second-order straight-through: the default"
    /// Exact up to quadratic f only.
    public static let isUnbiased = false
    /// f sees the one-hot draw.
    public static let isRelaxed = false
    /// τ.
    public var temperature = Ramp(1)

    /// The defaults.
    public init() {}

    /// Adds 2 J(π_z) g − ½ J(π) g.
    public func addGradient<Scalar: Real & BinaryFloatingPoint>(
        of row: LatentRow<Scalar>, g: UnsafePointer<Scalar>, temperature: Scalar,
        to out: UnsafeMutablePointer<Scalar>
    ) {
        row.softmax(noisy: false, temperature: temperature)
        row.average(withDraw: row.space)
        row.addJacobian(of: row.space, times: g, scale: 2, to: out)
        row.addJacobian(of: row.probabilities, times: g, scale: -0.5, to: out)
    }

    /// τ below 1 has no meaning in Heun's rule.
    public func problems(latentCount: Int, categoryCount: Int) -> [String] {
        temperatureProblems(1...100)
    }
}
