import RealModule

/// The latents of one categorical while an estimator works on it; K numbers each.
public struct LatentRow<Scalar: Real & BinaryFloatingPoint> {
    /// θ, the logits.
    public let logits: UnsafePointer<Scalar>
    /// π = softmax(θ).
    public let probabilities: UnsafePointer<Scalar>
    /// G, the Gumbel noise of the draw, or fresh noise where ``PathwiseEstimator/noiseCount`` asks for it.
    public let noise: UnsafePointer<Scalar>
    /// z, the category drawn: argmax(θ + G) for the G of the draw.
    public let drawn: Int
    /// K.
    public let categoryCount: Int
    /// K numbers of working space.
    public let space: UnsafeMutablePointer<Scalar>

    /// softmax((θ + G·[noisy]) / τ) into the working space.
    @inlinable
    @inline(__always)
    public func softmax(noisy: Bool, temperature: Scalar) {
        if !noisy && temperature == 1 {
            space.update(from: probabilities, count: categoryCount)
            return
        }
        var largest = -Scalar.infinity
        for k in 0..<categoryCount {
            space[k] = (logits[k] + (noisy ? noise[k] : 0)) / temperature
            largest = max(largest, space[k])
        }
        for k in 0..<categoryCount { space[k] = Scalar.exp(space[k] - largest) }
        normalize()
    }

    /// softmax((log p + G′)/τ) into the working space, for noise G′ under which the category drawn wins.
    ///
    /// Given that z = argmax(log p + G′), with E = e^(−G) for fresh noise G,
    ///
    ///     log p_z + G′_z = −log E_z,      log p_k + G′_k = −log(E_k/p_k + E_z),
    ///     so that y_z ∝ 1,                y_k ∝ (1 + e^(G_z − G_k)/p_k)^(−1/τ)
    ///
    /// which neither overflows nor needs log p. `p` may be the working space itself.
    @inlinable
    @inline(__always)
    public func conditionalSoftmax(of p: UnsafePointer<Scalar>, temperature: Scalar) {
        for k in 0..<categoryCount {
            let odds = Scalar.exp(noise[drawn] - noise[k]) / p[k]
            space[k] = k == drawn ? 1 : Scalar.exp(-Scalar.log(onePlus: odds) / temperature)
        }
        normalize()
    }

    /// (p + onehot(z))/2 into the working space, which may be `p` itself.
    @inlinable
    @inline(__always)
    public func average(withDraw p: UnsafePointer<Scalar>) {
        for k in 0..<categoryCount { space[k] = (p[k] + (k == drawn ? 1 : 0)) / 2 }
    }

    /// Makes the working space sum to 1.
    @inlinable
    @inline(__always)
    public func normalize() {
        var total: Scalar = 0
        for k in 0..<categoryCount { total += space[k] }
        for k in 0..<categoryCount { space[k] /= total }
    }

    /// out += scale · J(p) g, with J(p) g = p ⊙ (g − ⟨p, g⟩) the softmax Jacobian applied to g.
    @inlinable
    @inline(__always)
    public func addJacobian(
        of p: UnsafePointer<Scalar>, times g: UnsafePointer<Scalar>, scale: Scalar,
        to out: UnsafeMutablePointer<Scalar>
    ) {
        SoftmaxJacobian.add(
            of: p, times: g, around: g[drawn], scale: scale, categoryCount: categoryCount, to: out)
    }
}
