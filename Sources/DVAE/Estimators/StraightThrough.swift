import RealModule

/// Straight-through (Bengio, Léonard and Courville 2013, arXiv 1308.3432): the one-hot draw forward, the softmax
/// backward.
///
///     ∂f/∂θ ≈ J(softmax(θ/τ)) g / τ
///
/// Exact for linear f at τ = 1, biased otherwise, with the least noise of the family. τ ≥ 1 suits it.
public struct StraightThrough: PathwiseEstimator, Equatable {
    /// The name in configurations.
    public static let type = "straight_through"
    /// One line for lists.
    public static let summary = "hard sample, softmax backward: low noise, first-order bias"
    /// Biased in general.
    public static let isUnbiased = false
    /// f sees the one-hot draw.
    public static let isRelaxed = false
    /// τ.
    public var temperature = Ramp(1)

    /// The defaults.
    public init() {}

    /// Adds J(softmax(θ/τ)) g / τ.
    public func addGradient<Scalar: Real & BinaryFloatingPoint>(
        of row: LatentRow<Scalar>, g: UnsafePointer<Scalar>, temperature: Scalar,
        to out: UnsafeMutablePointer<Scalar>
    ) {
        row.softmax(noisy: false, temperature: temperature)
        row.addJacobian(of: row.space, times: g, scale: 1 / temperature, to: out)
    }
}
