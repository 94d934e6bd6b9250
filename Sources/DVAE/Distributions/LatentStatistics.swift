import RealModule

/// What the posteriors of many examples say about each latent, gathered batch by batch.
///
///     KL_d = mean of KL(q_d ‖ uniform),  MI_d = H(mean q_d) − mean H(q_d),  perplexity_d = exp H(mean q_d)
///
/// Sums are kept in double; memory is O(D·K).
public struct LatentStatistics: Sendable {
    /// A latent is active when its mutual information with the input exceeds this many nats.
    public static let activityThreshold = 0.01

    /// D.
    public let latentCount: Int
    /// K.
    public let categoryCount: Int
    /// The examples seen.
    public private(set) var exampleCount = 0

    private var probabilitySums: [Double]
    private var squareSums: [Double]
    private var entropySums: [Double]
    private var modeCounts: [Int]

    /// Statistics of nothing yet.
    public init(latentCount: Int, categoryCount: Int) {
        self.latentCount = latentCount
        self.categoryCount = categoryCount
        probabilitySums = [Double](repeating: 0, count: latentCount * categoryCount)
        squareSums = probabilitySums
        entropySums = [Double](repeating: 0, count: latentCount)
        modeCounts = [Int](repeating: 0, count: latentCount * categoryCount)
    }

    /// Adds the examples of a batch.
    public mutating func add(_ posterior: CategoricalGrid) {
        let (batch, cells) = (posterior.batchSize, latentCount * categoryCount)
        let modes = posterior.mode()
        for example in 0..<batch {
            for cell in 0..<cells {
                let place = example * cells + cell
                let q = Double(posterior.probabilities.pointer[place])
                probabilitySums[cell] += q
                squareSums[cell] += q * q
                entropySums[cell / categoryCount] -=
                    q * Double(posterior.logProbabilities.pointer[place])
            }
            for latent in 0..<latentCount {
                modeCounts[latent * categoryCount + Int(modes[example, latent])] += 1
            }
        }
        exampleCount += batch
    }

    /// Mean KL to the uniform prior of each latent, nats; 0 before the first example.
    public var klPerLatent: [Double] {
        entropySums.map {
            guard exampleCount > 0 else { return 0 }
            return max(0, Double.log(Double(categoryCount)) - $0 / Double(exampleCount))
        }
    }

    /// I(x; z_d) of each latent under the mean posterior, nats.
    public var mutualInformation: [Double] {
        zip(aggregateEntropy, entropySums).map { max(0, $0 - $1 / Double(max(1, exampleCount))) }
    }

    /// What ``mutualInformation`` lacks on average because the mean posterior is that of a sample, nats, to first order.
    ///
    ///     1/2N Σ_k Var_x(q_dk) / q̄_dk
    ///
    /// For posteriors that know their category it is (used categories − 1)/2N (Miller 1955, Madow).
    public var informationCorrection: [Double] {
        let count = Double(max(1, exampleCount))
        return (0..<latentCount).map { latent in
            let cells = latent * categoryCount..<(latent + 1) * categoryCount
            return cells.reduce(0.0) { sum, cell in
                let mean = probabilitySums[cell] / count
                guard mean > 0 else { return sum }
                return sum + max(0, squareSums[cell] / count - mean * mean) / mean
            } / (2 * count)
        }
    }

    /// KL(mean q_d ‖ uniform) of each latent, nats: how far codes as a whole are from what a uniform prior draws.
    public var aggregateKL: [Double] {
        aggregateEntropy.map { max(0, Double.log(Double(categoryCount)) - $0) }
    }

    /// H(mean q_d) of each latent, nats.
    public var aggregateEntropy: [Double] {
        (0..<latentCount).map { latent in
            entropy(of: probabilitySums[latent * categoryCount..<(latent + 1) * categoryCount])
        }
    }

    /// Latents whose mutual information exceeds ``activityThreshold``.
    public var activeLatents: Int {
        mutualInformation.count { $0 > LatentStatistics.activityThreshold }
    }

    /// exp of the entropy of the codes used (the posteriors' modes) of each latent: how many of its K categories are in
    /// effective use, 1 … K.
    public var codePerplexity: [Double] {
        (0..<latentCount).map { latent in
            Double.exp(
                entropy(
                    of: modeCounts[latent * categoryCount..<(latent + 1) * categoryCount]
                        .map(Double.init)[...]))
        }
    }

    /// Categories never used as a mode, over all latents.
    public var deadCodes: Int { modeCounts.count { $0 == 0 } }

    private func entropy(of counts: ArraySlice<Double>) -> Double {
        let total = counts.reduce(0, +)
        guard total > 0 else { return 0 }
        return counts.reduce(0) { $1 > 0 ? $0 - $1 / total * Double.log($1 / total) : $0 }
    }
}
