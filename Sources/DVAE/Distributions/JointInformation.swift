import RealModule

/// I(x; z) of whole codes, from posteriors gathered batch by batch and one draw of each.
///
///     I = 1/N Σ_n [log q(z_n | x_n) − log 1/N Σ_m q(z_n | x_m)],      z_n ~ q(z | x_n)
///
/// At most ln N, whatever the codes hold. Together with the mean KL it splits the bound's price (Hoffman and Johnson 2016):
/// mean KL(q(z | x) ‖ p) = I(x; z) + KL(q(z) ‖ p). Costs N² D operations; memory is N·D·K numbers.
public struct JointInformation: Sendable {
    /// The most examples kept; later ones are passed over.
    public let limit: Int
    /// N, the examples kept.
    public private(set) var exampleCount = 0

    private let latentCount: Int
    private let categoryCount: Int
    private var logProbabilities: [Float] = []
    private var draws: [Int32] = []

    /// Of nothing yet, for a grid of these sizes; fewer examples than `limit` are kept where they would need more than
    /// 64 MB.
    public init(latentCount: Int, categoryCount: Int, limit: Int = 2000) {
        self.latentCount = latentCount
        self.categoryCount = categoryCount
        self.limit = max(1, min(limit, (1 << 24) / max(1, latentCount * categoryCount)))
    }

    /// Adds the examples of a batch and a draw of each.
    public mutating func add(_ posterior: CategoricalGrid, draws codes: Codes) {
        let count = min(posterior.batchSize, limit - exampleCount)
        guard count > 0 else { return }
        let cells = latentCount * categoryCount
        logProbabilities += posterior.logProbabilities.buffer.prefix(count * cells)
        draws += codes.values.prefix(count * latentCount)
        exampleCount += count
    }

    /// I(x; z), nats; 0 before the first example.
    public var nats: Double {
        guard exampleCount > 0 else { return 0 }
        let cells = latentCount * categoryCount
        var terms = [Double](repeating: 0, count: exampleCount)
        var total = 0.0
        for n in 0..<exampleCount {
            let places = (0..<latentCount).map {
                $0 * categoryCount + Int(draws[n * latentCount + $0])
            }
            logProbabilities.withUnsafeBufferPointer { logs in
                for m in 0..<exampleCount {
                    terms[m] = places.reduce(0.0) { $0 + Double(logs[m * cells + $1]) }
                }
            }
            total += terms[n] - LogMean.exp(terms)
        }
        return max(0, total / Double(exampleCount))
    }
}

/// log 1/n Σ exp x, by the largest.
public enum LogMean {
    /// The log of the mean of the exponentials; −∞ of nothing.
    public static func exp(_ x: [Double]) -> Double {
        guard let largest = x.max(), largest > -.infinity else { return -.infinity }
        return largest + Double.log(x.reduce(0) { $0 + Double.exp($1 - largest) } / Double(x.count))
    }
}
