/// J(p) = diag(p) − p pᵀ, the derivative of p = softmax(θ) by θ.
@usableFromInline
enum SoftmaxJacobian {
    /// out += scale · J(p) g = scale · p ⊙ (g − ⟨p, g⟩); K numbers each.
    @inlinable
    @inline(__always)
    static func add<Scalar: BinaryFloatingPoint>(
        of p: UnsafePointer<Scalar>, times g: UnsafePointer<Scalar>, scale: Scalar,
        categoryCount: Int, to out: UnsafeMutablePointer<Scalar>
    ) {
        var mean: Scalar = 0
        for k in 0..<categoryCount { mean += p[k] * g[k] }
        for k in 0..<categoryCount { out[k] += scale * p[k] * (g[k] - mean) }
    }
}
