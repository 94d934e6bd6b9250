import Foundation
import Synchronization
import Tensors

/// The angles by which queries and keys turn with their position p.
///
/// Rotary embeddings (Su et al. 2021, arXiv 2104.09864):
///
///     θ_pi = p · 10000^(−2i/h),   i = 0 ..< h/2,   h the width of a head
///
/// A score then depends on the distance of two tokens and not on where they stand. The tables grow with the longest
/// sequence seen, and smaller ones stay for the threads that still read them.
final class RotaryAngles {
    private let half: Int
    private let lock = Mutex(())
    private let arena = Arena(reserve: 0)
    private var cosines: Tensor
    private var sines: Tensor

    /// Tables for heads of `headWidth` numbers.
    init(headWidth: Int) {
        half = headWidth / 2
        cosines = arena.tensor(Shape(0, half))
        sines = cosines
    }

    /// cos θ and sin θ of at least the first `count` positions, `[positions, h/2]`.
    func tables(_ count: Int) -> (cosines: Tensor, sines: Tensor) {
        nonisolated(unsafe) var result = (cosines: Tensor?.none, sines: Tensor?.none)
        lock.withLock { _ in
            if count > cosines.rows { grow(to: max(count, 2 * cosines.rows, 64)) }
            result = (cosines, sines)
        }
        guard let cosines = result.cosines, let sines = result.sines else {
            preconditionFailure("a lock did not run its body")
        }
        return (cosines, sines)
    }

    private func grow(to count: Int) {
        cosines = arena.tensor(Shape(count, half))
        sines = arena.tensor(Shape(count, half))
        for position in 0..<count {
            for index in 0..<half {
                let angle = Double(position) * pow(10_000, -Double(index) / Double(half))
                cosines.pointer[position * half + index] = Float(cos(angle))
                sines.pointer[position * half + index] = Float(sin(angle))
            }
        }
    }
}
