import Foundation
import Tensors

/// The norm of all gradients together, and the factor that clips it.
public struct GradientNorm: Sendable {
    /// √Σ g² over every parameter that has a gradient.
    public let value: Double

    /// Measures the gradients, in a fixed order.
    public init(of parameters: [Parameter]) {
        value = parameters.reduce(0.0) {
            $1.hasGradient ? $0 + $1.gradient.sumOfSquares() : $0
        }.squareRoot()
    }

    /// The factor that brings the norm down to `limit`: min(1, limit/norm) (Pascanu et al.
    ///
    /// 2013, arXiv 1211.5063).
    public func scale(clippingAt limit: Float) -> Float {
        value > Double(limit) ? Float(Double(limit) / value) : 1
    }
}
