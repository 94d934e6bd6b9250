import COneDNN
import CKernels

/// Lengths around vector boundaries, empty, and past the first block of every kernel.
let awkwardSizes = [0, 1, 2, 3, 7, 15, 16, 17, 63, 64, 65, 1000, 4099]

/// A number below the smallest normal one, about 10⁻⁴⁰.
let denormal = 71_362 * Float.leastNonzeroMagnitude

/// Fixed pseudo-random values in ±`scale`, a different run of them for each seed.
func values(_ count: Int, seed: UInt64, scale: Float = 1) -> [Float] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return scale * (Float(state >> 40) / Float(1 << 23) - 1)
    }
}

/// Fixed pseudo-random indices below `bound`.
func indices(_ count: Int, below bound: Int, seed: UInt64) -> [Int32] {
    values(count, seed: seed).map { Int32(min(Float(bound) * ($0 + 1) / 2, Float(bound - 1))) }
}

func doubles(_ x: [Float]) -> [Double] { x.map(Double.init) }

/// The largest |a − b| / (1 + |b|); infinite when a NaN or a difference of length stands in the way.
func distance(_ a: [Float], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { worst, pair in
        let difference = abs(Double(pair.0) - pair.1) / (1 + abs(pair.1))
        return difference <= worst ? worst : difference.isNaN ? .infinity : difference
    }
}

func allFinite(_ x: [Float]) -> Bool { x.allSatisfy { $0.isFinite } }

func bits(_ x: [Float]) -> [UInt32] { x.map(\.bitPattern) }

/// Whether `body` returns the same bits on one, two and three threads.
func sameBitsForAnyThreadCount(_ body: () -> [[Float]]) -> Bool {
    let before = ck_thread_count()
    defer { onednn_set_thread_count(before) }
    let results = [Int32(1), 2, 3].map { count in
        onednn_set_thread_count(count)
        return body().map(bits)
    }
    return results[0] == results[1] && results[0] == results[2]
}

/// ∂f/∂x by central differences.
func centralDifferences(_ x: [Double], of f: ([Double]) -> Double) -> [Double] {
    let step = 1e-5
    return x.indices.map { i in
        var up = x
        var down = x
        up[i] += step
        down[i] -= step
        return (f(up) - f(down)) / (2 * step)
    }
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

/// Some rows of a row-major matrix.
func rows(_ range: Range<Int>, of x: [Float], columns: Int) -> [Float] {
    Array(x[range.lowerBound * columns..<range.upperBound * columns])
}
