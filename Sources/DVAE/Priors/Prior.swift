import Tensors

/// p(z): what the bound measures the posterior against, and what new codes are drawn from.
public protocol Prior {
    /// KL(q ‖ p) of each latent, nats, `[B, D]`.
    func klDivergence(from posterior: CategoricalGrid, on tape: Tape) -> Variable

    /// New codes; row i is drawn from the i-th stream, so it does not depend on how many are drawn.
    func sample(rowCount: Int, random: (Int) -> RandomStream) -> Codes

    /// log p(z) of each row, nats.
    func logProbability(of codes: Codes) -> [Float]
}

/// Every code is equally probable: p(z) = K⁻ᴰ, so KL(q ‖ p) = D ln K − H(q).
public struct UniformPrior: Prior, Sendable {
    /// D.
    public let latentCount: Int
    /// K.
    public let categoryCount: Int

    /// The uniform prior of a grid.
    public init(latentCount: Int, categoryCount: Int) {
        self.latentCount = latentCount
        self.categoryCount = categoryCount
    }

    /// ln K − H(q_d).
    public func klDivergence(from posterior: CategoricalGrid, on tape: Tape) -> Variable {
        posterior.klDivergenceToUniform(on: tape)
    }

    /// Uniform codes.
    public func sample(rowCount: Int, random: (Int) -> RandomStream) -> Codes {
        var codes = Codes(
            latentCount: latentCount, categoryCount: categoryCount, rowCount: rowCount)
        for row in 0..<rowCount {
            var stream = random(row)
            for latent in 0..<latentCount {
                codes[row, latent] = Int32.random(in: 0..<Int32(categoryCount), using: &stream)
            }
        }
        return codes
    }

    /// −D ln K.
    public func logProbability(of codes: Codes) -> [Float] {
        [Float](
            repeating: -Float(latentCount) * LogTable.log(categoryCount), count: codes.rowCount)
    }
}
