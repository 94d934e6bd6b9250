import Tensors

/// The log-derivative trick: ∂E_q[f]/∂θ = E_q[f(z) ∂log q(z)/∂θ], and ∂log q(z)/∂θ_d = onehot(z_d) − π_d.
enum ScoreFunction {
    /// gradient[b, d, :] += weight[b] · (onehot(z_bd) − π_bd).
    static func add(
        weight: (Int) -> Float, codes: Codes, posterior: CategoricalGrid, to gradient: Tensor
    ) {
        let (latents, categories) = (posterior.latentCount, posterior.categoryCount)
        for example in 0..<posterior.batchSize {
            let w = weight(example)
            for latent in 0..<latents {
                let start = (example * latents + latent) * categories
                for k in start..<start + categories {
                    gradient.pointer[k] -= w * posterior.probabilities.pointer[k]
                }
                gradient.pointer[start + Int(codes[example, latent])] += w
            }
        }
    }
}
