import CKernels

/// A counter-based stream of random numbers: Philox 4×32-10 (Salmon et al.
///
/// 2011).
///
/// What comes out is a pure function of (seed, path of stream names, step, position), so a run can be
/// resumed at any step without replaying, and no draw depends on what else was drawn. There is no
/// global generator: a stream is always an argument.
public struct RandomStream: Sendable {
    private let key: UInt64
    private let step: UInt64
    private var block: UInt64 = 0

    /// The stream `name` of a seed at a step.
    public init(seed: UInt64, _ name: String, step: Int = 0) {
        self.init(key: RandomStream.mix(seed, name), step: UInt64(bitPattern: Int64(step)))
    }

    private init(key: UInt64, step: UInt64) {
        self.key = key
        self.step = step
    }

    /// An independent stream below this one, at the same step and at its own start.
    public func stream(_ name: String) -> RandomStream {
        RandomStream(key: RandomStream.mix(key, name), step: step)
    }

    /// An independent stream for the `index`-th of many alike things, a sentence of a batch say.
    public func stream(_ index: Int) -> RandomStream {
        RandomStream(
            key: RandomStream.finalize(
                key ^ 0x9e37_79b9_7f4a_7c15 &* (UInt64(bitPattern: Int64(index)) &+ 1)), step: step)
    }

    /// Fills a tensor with uniform numbers of the open interval (0, 1).
    public mutating func uniform(into tensor: Tensor) {
        ck_philox_uniform(tensor.pointer, Int64(tensor.count), key, step, block)
        advance(tensor.count)
    }

    /// Fills a tensor with standard Gumbel noise −log(−log u), always finite.
    public mutating func gumbel(into tensor: Tensor) {
        ck_philox_gumbel(tensor.pointer, Int64(tensor.count), key, step, block)
        advance(tensor.count)
    }

    /// Fills a tensor with standard normal noise.
    public mutating func normal(into tensor: Tensor) {
        ck_philox_normal(tensor.pointer, Int64(tensor.count), key, step, block)
        advance(tensor.count)
    }

    /// y = x · keep / (1 − rate), each element kept with probability 1 − rate.
    ///
    /// The same call on the same stream value keeps the same elements, which is how the backward
    /// pass finds its mask.
    public func dropout(_ x: Tensor, rate: Float, into y: Tensor, accumulate: Bool = false) {
        ck_dropout(y.pointer, x.pointer, Int64(x.count), rate, key, step, accumulate ? 1 : 0)
    }

    /// One uniform number of the open interval (0, 1).
    public mutating func uniform() -> Float {
        var value: Float = 0
        ck_philox_uniform(&value, 1, key, step, block)
        block &+= 1
        return value
    }

    private mutating func advance(_ count: Int) { block &+= UInt64((count + 3) / 4) }

    /// FNV-1a of the name over the mixed parent key: a stable hash, unlike Swift's `Hasher`.
    private static func mix(_ parent: UInt64, _ name: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return finalize(finalize(parent) ^ hash)
    }

    /// SplitMix64's finalizer: a bijection that spreads every input bit.
    private static func finalize(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

extension RandomStream: RandomNumberGenerator {
    /// 64 random bits, so that the standard library's draws work on a stream.
    public mutating func next() -> UInt64 {
        var bits: (UInt32, UInt32) = (0, 0)
        withUnsafeMutableBytes(of: &bits) { raw in
            guard let base = raw.bindMemory(to: UInt32.self).baseAddress else { return }
            ck_philox_bits(base, 2, key, step, block)
        }
        block &+= 1
        return UInt64(bits.1) << 32 | UInt64(bits.0)
    }
}
