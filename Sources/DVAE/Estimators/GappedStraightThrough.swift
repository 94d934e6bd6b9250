import RealModule
import SeqModel

/// Gapped straight-through, GST (Fan, Chi, Rudnicky and Ramadge 2022, arXiv 2206.07235): logits moved, without noise,
/// until the category drawn leads all others by at least a gap.
///
///     θ′_z = max θ,  θ′_k = min(θ_k, max θ − gap),      ∂f/∂θ ≈ J(softmax(θ′/τ)) g / τ
///
/// What ``GumbelRao`` averages over noise, done once by rule; biased. The moves are constants to the rule.
public struct GappedStraightThrough: PathwiseEstimator, Equatable {
    /// The name in configurations.
    public static let type = "gapped_straight_through"
    /// One line for lists.
    public static let summary = "hard sample, softmax backward of logits in which the sample leads"
    /// Biased.
    public static let isUnbiased = false
    /// f sees the one-hot draw.
    public static let isRelaxed = false
    /// τ.
    public var temperature = Ramp(0.7)
    /// By how much the category drawn leads; 1 is the authors' choice.
    public var gap: Float = 1

    /// The defaults.
    public init() {}

    /// Adds J(softmax(θ′/τ)) g / τ.
    public func addGradient<Scalar: Real & BinaryFloatingPoint>(
        of row: LatentRow<Scalar>, g: UnsafePointer<Scalar>, temperature: Scalar,
        to out: UnsafeMutablePointer<Scalar>
    ) {
        var largest = -Scalar.infinity
        for k in 0..<row.categoryCount { largest = max(largest, row.logits[k]) }
        for k in 0..<row.categoryCount {
            let lead = k == row.drawn ? 0 : max(largest - row.logits[k], Scalar(gap))
            row.space[k] = Scalar.exp(-lead / temperature)
        }
        row.normalize()
        row.addJacobian(of: row.space, times: g, scale: 1 / temperature, to: out)
    }

    /// A gap must not be negative.
    public func problems(latentCount: Int, categoryCount: Int) -> [String] {
        temperatureProblems(0.01...100) + Check.range("gap", gap, 0...100)
    }
}
