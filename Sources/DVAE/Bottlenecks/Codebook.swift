import Tensors

/// K vectors for each of D latents, or for all of them together, and who uses them.
///
///     N_k ← γ N_k + (1 − γ) n_k,      m_k ← γ m_k + (1 − γ) Σ x assigned to k
///     e_k = m_k / N̂_k,      N̂_k = (N_k + ε)/(Σ N + K ε) · Σ N,      ε = 10⁻⁵
///
/// n_k counts the assignments of a batch. The averages (van den Oord, Vinyals and Kavukcuoglu 2017, arXiv 1711.00937,
/// appendix A) are saved with the model, so that a resumed run goes on bit for bit.
final class Codebook {
    let config: CodebookConfig
    /// D or 1.
    let groupCount: Int
    /// K.
    let vectorCount: Int
    /// e, `[D or 1, K, n]`.
    let vectors: Parameter
    /// N, `[D or 1, K]`.
    let sizes: Parameter
    /// m, `[D or 1, K, n]`, where averages move the vectors.
    let sums: Parameter?
    /// 1 once the vectors have seen a batch.
    private let started: Parameter

    private let latentCount: Int
    private static let epsilon = 1e-5

    init(
        _ config: CodebookConfig, latentCount: Int, vectorCount: Int, in scope: ParameterScope
    ) throws {
        self.config = config
        self.latentCount = latentCount
        self.vectorCount = vectorCount
        groupCount = config.shared ? 1 : latentCount
        let shape = Shape(groupCount, vectorCount, config.size)
        let initial = Initializer.normal(
            standardDeviation: 1 / Float(config.size).squareRoot())
        vectors =
            try config.update == .gradient
            ? scope.parameter("vectors", shape, initial) : scope.buffer("vectors", shape, initial)
        sizes = try scope.buffer("sizes", Shape(groupCount, vectorCount), .constant(0))
        sums = try config.update == .ema ? scope.buffer("sums", shape, .constant(0)) : nil
        started = try scope.buffer("started", Shape(1), .constant(0))
    }

    /// n.
    var size: Int { config.size }

    /// The group of row b·D + d of `[B, D, n]`.
    private func group(of row: Int) -> Int { config.shared ? 0 : row % latentCount }

    /// The rows of a group, of `rowCount`.
    private func rows(of group: Int, _ rowCount: Int) -> StrideTo<Int> {
        config.shared
            ? stride(from: 0, to: rowCount, by: 1)
            : stride(from: group, to: rowCount, by: latentCount)
    }

    /// e_k of a group.
    func vector(_ group: Int, _ k: Int) -> UnsafeMutablePointer<Float> {
        vectors.value.pointer + (group * vectorCount + k) * size
    }

    /// The vector of a row's code.
    func vector(ofRow row: Int, code: Int32) -> UnsafeMutablePointer<Float> {
        vector(group(of: row), Int(code))
    }

    /// The nearest vector of each row of x `[B, D, n]`; the first of equals.
    func nearest(to x: Tensor) -> [Int32] {
        (0..<x.rows).map { row in
            let (group, point) = (group(of: row), x.pointer + row * size)
            var (best, least) = (0, Float.infinity)
            for k in 0..<vectorCount {
                let distance = Distance.squared(point, vector(group, k), size)
                if distance < least { (best, least) = (k, distance) }
            }
            return Int32(best)
        }
    }

    /// Puts the vectors where the first batch is, if none has been seen.
    func start(with x: Tensor, using random: RandomStream) {
        guard config.update != .frozen, started.value[0] == 0 else { return }
        started.value[0] = 1
        started.valueDidChange()
        for group in 0..<groupCount {
            if config.kmeans {
                let points = rows(of: group, x.rows).map { UnsafePointer(x.pointer + $0 * size) }
                let clusters = KMeans(
                    points, size: size, count: vectorCount, using: random.stream(group))
                for k in 0..<vectorCount {
                    vector(group, k).update(from: clusters.centres[k], count: size)
                    sizes.value.pointer[group * vectorCount + k] = Float(clusters.counts[k])
                }
            } else {
                (sizes.value.pointer + group * vectorCount).update(repeating: 1, count: vectorCount)
            }
            for k in 0..<vectorCount { setSum(group, k) }
        }
        vectorsDidChange()
    }

    /// Learns from the rows of x `[B, D, n]` and their codes, then puts dead vectors where examples are.
    func update(with x: Tensor, codes: [Int32], using random: RandomStream) {
        guard config.update != .frozen else { return }
        for group in 0..<groupCount {
            average(group, x, codes)
            revive(group, x, using: random.stream(group))
        }
        vectorsDidChange()
    }

    private func average(_ group: Int, _ x: Tensor, _ codes: [Int32]) {
        var counts = [Double](repeating: 0, count: vectorCount)
        var assigned = [Double](repeating: 0, count: vectorCount * size)
        for row in rows(of: group, x.rows) {
            let k = Int(codes[row])
            counts[k] += 1
            for i in 0..<size { assigned[k * size + i] += Double(x.pointer[row * size + i]) }
        }
        let decay = Double(config.decay)
        let size = sizes.value.pointer + group * vectorCount
        for k in 0..<vectorCount {
            size[k] = Float(decay * Double(size[k]) + (1 - decay) * counts[k])
        }
        guard let sums else { return }
        let total = totalSize(group)
        for k in 0..<vectorCount {
            let smoothed =
                (Double(size[k]) + Self.epsilon)
                / (total + Double(vectorCount) * Self.epsilon) * total
            let sum = sums.value.pointer + (group * vectorCount + k) * self.size
            for i in 0..<self.size {
                sum[i] = Float(decay * Double(sum[i]) + (1 - decay) * assigned[k * self.size + i])
                if smoothed > 0 { vector(group, k)[i] = Float(Double(sum[i]) / smoothed) }
            }
        }
    }

    private func revive(_ group: Int, _ x: Tensor, using random: RandomStream) {
        let mean = Float(totalSize(group) / Double(vectorCount))
        let size = sizes.value.pointer + group * vectorCount
        let places = Array(rows(of: group, x.rows))
        var random = random
        for k in 0..<vectorCount where size[k] < config.revival * mean {
            guard let row = places.randomElement(using: &random) else { return }
            vector(group, k).update(from: x.pointer + row * self.size, count: self.size)
            // As good as the mean, so that it has time to find its use.
            size[k] = mean
            setSum(group, k)
        }
    }

    private func totalSize(_ group: Int) -> Double {
        (0..<vectorCount).reduce(0) { $0 + Double(sizes.value.pointer[group * vectorCount + $1]) }
    }

    /// m_k = N_k e_k.
    private func setSum(_ group: Int, _ k: Int) {
        guard let sums else { return }
        let weight = sizes.value.pointer[group * vectorCount + k]
        let sum = sums.value.pointer + (group * vectorCount + k) * size
        for i in 0..<size { sum[i] = weight * vector(group, k)[i] }
    }

    private func vectorsDidChange() {
        vectors.valueDidChange()
        sizes.valueDidChange()
        sums?.valueDidChange()
    }
}
