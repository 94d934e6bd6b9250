import RealModule
import Tensors

/// A product of independent normal distributions: D latents of n numbers, one such grid per example.
///
///     q(z | x) = Π_d N(z_d; μ_d, diag e^ℓ_d),      KL_d = ½ Σ_i (μ_di² + e^ℓ_di − 1 − ℓ_di) to N(0, I)
public struct DiagonalGaussian {
    /// μ and ℓ of each latent side by side, `[B, D, 2n]`: n means, then n log-variances.
    public let parameters: Variable

    /// The distribution with these parameters, `[B, D, 2n]`.
    public init(parameters: Variable) {
        precondition(
            parameters.shape.rank == 3 && parameters.shape[2] % 2 == 0,
            "parameters are [B, D, 2n], not \(parameters.shape)")
        self.parameters = parameters
    }

    /// B, the number of examples.
    public var batchSize: Int { parameters.shape[0] }
    /// D, the number of latents.
    public var latentCount: Int { parameters.shape[1] }
    /// n, the numbers of a latent.
    public var size: Int { parameters.shape[2] / 2 }

    /// μ, `[B, D, n]`, without gradient.
    public func mean(in arena: Arena) -> Tensor {
        let result = arena.tensor(Shape(batchSize, latentCount, size))
        for row in 0..<batchSize * latentCount {
            (result.pointer + row * size).update(
                from: parameters.value.pointer + 2 * row * size, count: size)
        }
        return result
    }

    /// z = μ + e^(ℓ/2) ε with ε normal, `[B, D, n]`: the path-wise gradient (Kingma and Welling 2014, arXiv 1312.6114).
    public func sample(using random: RandomStream, on tape: Tape) -> Variable {
        let size = size
        var random = random
        let noise = tape.arena.tensor(Shape(batchSize, latentCount, size))
        random.normal(into: noise)
        let z = tape.arena.tensor(noise.shape)
        let p = parameters.value.pointer
        for row in 0..<batchSize * latentCount {
            for i in 0..<size {
                let (place, mean) = (row * size + i, 2 * row * size + i)
                z.pointer[place] = p[mean] + Float.exp(p[mean + size] / 2) * noise.pointer[place]
            }
        }
        return tape.record(z) { [unowned tape] dz in
            let gradient = tape.arena.tensor(parameters.shape)
            for row in 0..<batchSize * latentCount {
                for i in 0..<size {
                    let (place, mean) = (row * size + i, 2 * row * size + i)
                    gradient.pointer[mean] = dz.pointer[place]
                    // ∂z/∂ℓ = (z − μ)/2.
                    gradient.pointer[mean + size] =
                        dz.pointer[place] * (z.pointer[place] - p[mean]) / 2
                }
            }
            tape.accumulate(gradient, into: parameters)
        }
    }

    /// log q(z) − log p(z) of latents `[B, D, n]` with p = N(0, I), nats, one number an example.
    ///
    ///     Σ_di ½ (z² − (z − μ)² e^−ℓ − ℓ),      the constant −½ ln 2π is in both densities
    ///
    /// Its mean over draws from q is KL(q ‖ p).
    public func logRatioToNormal(at latents: Tensor) -> [Double] {
        let (size, p) = (size, parameters.value.pointer)
        return (0..<batchSize).map { example in
            var sum = 0.0
            for row in example * latentCount..<(example + 1) * latentCount {
                for i in 0..<size {
                    let z = Double(latents.pointer[row * size + i])
                    let mean = Double(p[2 * row * size + i])
                    let logVariance = Double(p[(2 * row + 1) * size + i])
                    let distance = (z - mean) * (z - mean)
                    sum += (z * z - distance * Double.exp(-logVariance) - logVariance) / 2
                }
            }
            return sum
        }
    }

    /// KL(q_d ‖ N(0, I)) of each latent, nats, `[B, D]`, with its gradient.
    public func klDivergenceToNormal(on tape: Tape) -> Variable {
        let size = size
        let p = parameters.value.pointer
        let kl = tape.arena.tensor(Shape(batchSize, latentCount))
        for row in 0..<kl.count {
            var sum = 0.0
            for i in 2 * row * size..<(2 * row + 1) * size {
                let (mean, logVariance) = (Double(p[i]), Double(p[i + size]))
                sum += (mean * mean + (Double.expMinusOne(logVariance) - logVariance)) / 2
            }
            kl.pointer[row] = Float(sum)
        }
        return tape.record(kl) { [unowned tape] dkl in
            let gradient = tape.arena.tensor(parameters.shape)
            for row in 0..<dkl.count {
                for i in 2 * row * size..<(2 * row + 1) * size {
                    gradient.pointer[i] = dkl.pointer[row] * p[i]
                    gradient.pointer[i + size] =
                        dkl.pointer[row] * Float.expMinusOne(p[i + size]) / 2
                }
            }
            tape.accumulate(gradient, into: parameters)
        }
    }
}
