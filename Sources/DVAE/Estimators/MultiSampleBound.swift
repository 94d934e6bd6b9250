import RealModule

/// log 1/S Σⱼ wⱼ of one example, from log wⱼ, and what VIMCO makes of each draw.
struct MultiSampleBound {
    /// L = log 1/S Σⱼ wⱼ.
    let value: Double
    /// w̃ⱼ = wⱼ / Σ w.
    let shares: [Double]
    /// L − L₋ⱼ − w̃ⱼ, the weight of ∂log q(zⱼ)/∂θ.
    let scoreWeights: [Double]

    init(logWeights: [Double]) {
        let value = Self.logMean(logWeights)
        let total = logWeights.reduce(0, +)
        let (count, others) = (Double(logWeights.count), Double(logWeights.count - 1))
        let shares = logWeights.map { Double.exp($0 - value) / count }
        scoreWeights = logWeights.indices.map { index in
            var replaced = logWeights
            replaced[index] = (total - logWeights[index]) / others
            return value - Self.logMean(replaced) - shares[index]
        }
        self.value = value
        self.shares = shares
    }

    /// log mean exp, by the largest.
    private static func logMean(_ x: [Double]) -> Double {
        let largest = x.max() ?? 0
        return largest + Double.log(x.reduce(0) { $0 + Double.exp($1 - largest) } / Double(x.count))
    }
}
