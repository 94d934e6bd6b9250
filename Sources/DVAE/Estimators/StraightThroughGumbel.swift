import RealModule

/// Straight-through Gumbel-Softmax (Jang, Gu and Poole 2017, arXiv 1611.01144): the one-hot draw forward, the relaxed
/// sample with the same noise backward.
///
///     z = onehot(argmax(θ + G)),      ∂f/∂θ ≈ J(softmax((θ + G)/τ)) g / τ
///
/// Biased. τ < 1 suits it.
public struct StraightThroughGumbel: PathwiseEstimator, Equatable {
    /// The name in configurations.
    public static let type = "straight_through_gumbel"
    /// One line for lists.
    public static let summary = "hard sample, Gumbel-Softmax backward"
    /// Biased.
    public static let isUnbiased = false
    /// f sees the one-hot draw.
    public static let isRelaxed = false
    /// τ.
    public var temperature = Ramp(0.5)

    /// The defaults.
    public init() {}

    /// Adds J(softmax((θ + G)/τ)) g / τ.
    public func addGradient<Scalar: Real & BinaryFloatingPoint>(
        of row: LatentRow<Scalar>, g: UnsafePointer<Scalar>, temperature: Scalar,
        to out: UnsafeMutablePointer<Scalar>
    ) {
        row.softmax(noisy: true, temperature: temperature)
        row.addJacobian(of: row.space, times: g, scale: 1 / temperature, to: out)
    }
}
