import RealModule

/// Gumbel-Softmax, also called Concrete (Jang, Gu and Poole 2017, arXiv 1611.01144; Maddison, Mnih and Teh 2017,
/// arXiv 1611.00712): a relaxed sample, differentiated exactly.
///
///     z = softmax((θ + G)/τ),      ∂f/∂θ = J(z) g / τ
///
/// The gradient of a relaxed objective: f sees mixtures in training and one-hot codes afterwards, so watch the held-out
/// figures, which use hard codes. τ starts near 1 and falls.
public struct GumbelSoftmax: PathwiseEstimator, Equatable {
    /// The name in configurations.
    public static let type = "gumbel_softmax"
    /// One line for lists.
    public static let summary = "relaxed sample, differentiated exactly; train and use differ"
    /// Biased as an estimator of the hard objective.
    public static let isUnbiased = false
    /// f sees the relaxed sample.
    public static let isRelaxed = true
    /// τ.
    public var temperature = Ramp(from: 1, to: 0.5, steps: 4000)

    /// The defaults.
    public init() {}

    /// Adds J(z) g / τ.
    public func addGradient<Scalar: Real & BinaryFloatingPoint>(
        of row: LatentRow<Scalar>, g: UnsafePointer<Scalar>, temperature: Scalar,
        to out: UnsafeMutablePointer<Scalar>
    ) {
        row.softmax(noisy: true, temperature: temperature)
        row.addJacobian(of: row.space, times: g, scale: 1 / temperature, to: out)
    }
}
