import Foundation
import Tensors

/// Where the length of a text stands among those of the corpus: what latents of length are told.
///
///     share = 1 / (1 + exp(−(ln T − μ)/s)),      ln T = μ + s ln(share / (1 − share))
///
/// with T the steps of a text, end mark included: the log-logistic distribution. Lengths as they are in the corpus have
/// shares spread evenly over 0 … 1, so that codes drawn evenly tell lengths as they are in the corpus.
public struct LengthScale {
    /// μ and s, `[2]`.
    let moments: Parameter

    init(in scope: ParameterScope) throws {
        moments = try scope.buffer(
            "moments", Shape(2), .each { $0 == 0 ? log(16) : 0.35 })
    }

    /// Takes mean and standard deviation of ln T as they are in a corpus; s is √3/π deviations.
    public func fit(mean: Double, standardDeviation: Double) {
        moments.value[0] = Float(mean)
        moments.value[1] = Float(max(0.02, standardDeviation * 3.0.squareRoot() / Double.pi))
        moments.valueDidChange()
    }

    /// The share of a length.
    func share(ofSteps steps: Int) -> Double {
        let (mean, scale) = (Double(moments.value[0]), Double(moments.value[1]))
        return 1 / (1 + exp((mean - log(Double(steps))) / scale))
    }

    /// ln T of a share.
    func logLength(ofShare share: Float) -> Float {
        let share = Double(min(max(share, 1e-6), 1 - 1e-6))
        return Float(
            Double(moments.value[0]) + Double(moments.value[1]) * log(share / (1 - share)))
    }
}
