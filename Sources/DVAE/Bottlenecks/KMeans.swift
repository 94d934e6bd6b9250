import Tensors

/// Squared distances between points.
enum Distance {
    /// Σ (a − b)², eight terms side by side.
    static func squared(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int
    ) -> Float {
        var lanes = SIMD8<Float>()
        let whole = count & ~7
        for start in stride(from: 0, to: whole, by: 8) {
            let x = UnsafeRawPointer(a + start).loadUnaligned(as: SIMD8<Float>.self)
            let y = UnsafeRawPointer(b + start).loadUnaligned(as: SIMD8<Float>.self)
            let difference = x - y
            lanes += difference * difference
        }
        var sum = lanes.sum()
        for i in whole..<count { sum += (a[i] - b[i]) * (a[i] - b[i]) }
        return sum
    }
}

/// Clusters of points: seeds far apart (Arthur and Vassilvitskii 2007), then Lloyd's rounds.
struct KMeans {
    /// The means, n numbers each.
    private(set) var centres: [[Float]]
    /// The points of each.
    private(set) var counts: [Int]

    private static let rounds = 10

    /// `count` clusters of points with `size` numbers; with fewer points than clusters some are alike.
    init(
        _ points: [UnsafePointer<Float>], size: Int, count: Int, using random: RandomStream
    ) {
        var random = random
        centres = []
        counts = [Int](repeating: 0, count: count)
        guard let first = points.randomElement(using: &random) else {
            centres = [[Float]](repeating: [Float](repeating: 0, count: size), count: count)
            return
        }
        func copy(_ point: UnsafePointer<Float>) -> [Float] { (0..<size).map { point[$0] } }
        centres.append(copy(first))
        var distances = points.map { Distance.squared($0, first, size) }
        while centres.count < count {
            let total = distances.reduce(0.0) { $0 + Double($1) }
            var left = Double(random.uniform()) * total
            let place =
                distances.firstIndex {
                    left -= Double($0)
                    return left < 0
                } ?? centres.count % points.count
            centres.append(copy(points[place]))
            for (index, point) in points.enumerated() {
                distances[index] = min(
                    distances[index], Distance.squared(point, points[place], size))
            }
        }
        for _ in 0..<Self.rounds { refine(points, size: size) }
    }

    private mutating func refine(_ points: [UnsafePointer<Float>], size: Int) {
        var sums = [Double](repeating: 0, count: centres.count * size)
        counts = [Int](repeating: 0, count: centres.count)
        for point in points {
            var (best, least) = (0, Float.infinity)
            for (k, centre) in centres.enumerated() {
                let distance = Distance.squared(point, centre, size)
                if distance < least { (best, least) = (k, distance) }
            }
            counts[best] += 1
            for i in 0..<size { sums[best * size + i] += Double(point[i]) }
        }
        for k in centres.indices where counts[k] > 0 {
            centres[k] = (0..<size).map { Float(sums[k * size + $0] / Double(counts[k])) }
        }
    }
}
