/// J(p) = diag(p) − p pᵀ, the derivative of p = softmax(θ) by θ.
@usableFromInline
enum SoftmaxJacobian {
    /// out += scale · J(p) g = scale · p ⊙ (g − ⟨p, g⟩); K numbers each.
    ///
    /// J(p) (g − r) is the same for every r. With r the entry of g where p is large, what g has in common cancels before
    /// it is rounded, so that the small slopes of a nearly one-hot p keep their digits.
    @inlinable
    @inline(__always)
    static func add<Scalar: BinaryFloatingPoint>(
        of p: UnsafePointer<Scalar>, times g: UnsafePointer<Scalar>, around r: Scalar,
        scale: Scalar, categoryCount: Int, to out: UnsafeMutablePointer<Scalar>
    ) {
        var mean: Scalar = 0
        for k in 0..<categoryCount { mean += p[k] * (g[k] - r) }
        for k in 0..<categoryCount { out[k] += scale * p[k] * (g[k] - r - mean) }
    }
}
