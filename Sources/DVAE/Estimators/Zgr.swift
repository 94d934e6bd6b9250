import RealModule

/// ZGR (Shekhovtsov 2023, "Cold Analysis of Rao-Blackwellized Straight-Through Gumbel-Softmax Gradient Estimator"): the
/// zero-temperature limit of ``GumbelRao``, and another name of ``ReinMax`` at τ = 1.
///
///     ∂f/∂θ ≈ ½ [π ⊙ (g − g_z) + onehot(z) (g_z − ⟨π, g⟩)]
///
/// Half straight-through, half the score function with a first-order baseline. Written here by its own formula, which
/// needs no second softmax; exact for every f that is at most quadratic in the one-hots.
public struct Zgr: PathwiseEstimator, Equatable {
    /// The name in configurations.
    public static let type = "zgr"
    /// One line for lists.
    public static let summary = "reinmax at temperature 1, by its closed form"
    /// Exact up to quadratic f only.
    public static let isUnbiased = false
    /// f sees the one-hot draw.
    public static let isRelaxed = false
    /// The rule has no temperature.
    public var temperature: Ramp { Ramp(1) }

    /// The only one there is.
    public init() {}

    /// Adds ½ [π ⊙ (g − g_z) + onehot(z) (g_z − ⟨π, g⟩)].
    public func addGradient<Scalar: Real & BinaryFloatingPoint>(
        of row: LatentRow<Scalar>, g: UnsafePointer<Scalar>, temperature: Scalar,
        to out: UnsafeMutablePointer<Scalar>
    ) {
        let drawn = g[row.drawn]
        // ⟨π, g⟩ − g_z, as a sum of differences: what g has in common cancels before it is rounded.
        var difference: Scalar = 0
        for k in 0..<row.categoryCount {
            let term = row.probabilities[k] * (g[k] - drawn)
            difference += term
            out[k] += term / 2
        }
        out[row.drawn] -= difference / 2
    }
}
