import RealModule

/// What the Gaussian posteriors of many examples say about each latent, gathered batch by batch.
///
/// Sums are kept in double; memory is O(D·n).
public struct GaussianStatistics: Sendable {
    /// The examples seen.
    public private(set) var exampleCount = 0

    private var latentCount = 0
    private var means: [Double] = []
    private var squares: [Double] = []
    private var logVariances: [Double] = []

    /// Statistics of nothing yet.
    public init() {}

    /// Adds the examples of a batch.
    public mutating func add(_ posterior: DiagonalGaussian) {
        let (width, size) = (posterior.latentCount * posterior.size, posterior.size)
        if means.isEmpty {
            latentCount = posterior.latentCount
            means = [Double](repeating: 0, count: width)
            (squares, logVariances) = (means, means)
        }
        for row in 0..<posterior.batchSize * latentCount {
            for i in 0..<size {
                let (place, cell) = (2 * row * size + i, row % latentCount * size + i)
                let mean = Double(posterior.parameters.value.pointer[place])
                let logVariance = Double(posterior.parameters.value.pointer[place + size])
                means[cell] += mean
                squares[cell] += mean * mean + Double.exp(logVariance)
                logVariances[cell] += logVariance
            }
        }
        exampleCount += posterior.batchSize
    }

    /// An upper bound on I(x; z_d) of each latent, nats: the entropy of a Gaussian with the moments of the mean posterior,
    /// less the mean entropy.
    ///
    ///     Σ_i ½ (ln Var[z_di] − mean ℓ_di)
    public var mutualInformation: [Double] {
        let (count, size) = (Double(max(1, exampleCount)), means.count / max(1, latentCount))
        return (0..<latentCount).map { latent in
            (latent * size..<(latent + 1) * size).reduce(0) { sum, cell in
                let mean = means[cell] / count
                let variance = squares[cell] / count - mean * mean
                return sum + max(0, Double.log(variance) - logVariances[cell] / count) / 2
            }
        }
    }
}
