/// Fixed pseudo-random values in ±`scale`, another run of them for each seed.
///
/// Each is a multiple of scale · 2⁻²⁰, so that for a scale that is a power of two single and double precision hold the
/// same number.
public func sampleValues(_ count: Int, seed: UInt64, scale: Double = 1) -> [Double] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let mixed = (state ^ (state >> 29)) >> 43
        return scale * (Double(mixed) / Double(1 << 20) - 1)
    }
}

/// Fixed pseudo-random indices of 0 ..< `bound`.
public func sampleIndices(_ count: Int, below bound: Int, seed: UInt64) -> [Int32] {
    sampleValues(count, seed: seed).map {
        Int32(min(($0 + 1) / 2 * Double(bound), Double(bound - 1)))
    }
}
