import Tensors

/// The log-derivative trick: ∂E_q[f]/∂θ = E_q[f(z) ∂log q(z)/∂θ], and ∂log q(z)/∂θ_d = onehot(z_d) − π_d.
enum ScoreFunction {
    /// out += weight · (onehot(drawn) − π) for one latent; K numbers each.
    @inline(__always)
    static func add<Scalar: BinaryFloatingPoint>(
        weight: Scalar, drawn: Int, probabilities: UnsafePointer<Scalar>, categoryCount: Int,
        to out: UnsafeMutablePointer<Scalar>
    ) {
        for k in 0..<categoryCount { out[k] -= weight * probabilities[k] }
        out[drawn] += weight
    }

    /// gradient[b, d, :] += weight[b] · (onehot(z_bd) − π_bd).
    static func add(
        weight: (Int) -> Float, codes: Codes, posterior: CategoricalGrid, to gradient: Tensor
    ) {
        let (latents, categories) = (posterior.latentCount, posterior.categoryCount)
        for example in 0..<posterior.batchSize {
            let weight = weight(example)
            for latent in 0..<latents {
                let start = (example * latents + latent) * categories
                add(
                    weight: weight, drawn: Int(codes[example, latent]),
                    probabilities: posterior.probabilities.pointer + start,
                    categoryCount: categories, to: gradient.pointer + start)
            }
        }
    }
}
