import CKernels
import Foundation
import Tensors

/// How far along its sentence each step of a decoder stands, by the length T̂ that the codes tell.
///
///     x_t = (t + ½)/T̂,   φ(x)_2i = √2 cos ω_i x,   φ(x)_2i+1 = √2 sin ω_i x,   ω_i = 1.5 · P^(i/(n−1))
///
/// with n = F/2 frequencies and P the codes that tell equal parts of the sentence in order (``AttentionPooling``). The
/// code that knows of the next word is the one whose part x_t lies in; but a recurrent decoder has to learn to count, and
/// to count in shares of a length. ⟨φ(x), φ(c_p)⟩ is largest for the part p nearest to x: queries that hold φ(x_t) and keys
/// that hold φ(c_p) look at the right codes from the first step of training (``CodeAttention``).
struct Pace {
    /// ω.
    private let frequencies: [Float]

    /// A pace told by F numbers; nil where no codes tell lengths.
    init?(_ condition: DecoderCondition.Sizes, featureCount: Int) {
        guard condition.lengthCodeCount > 0 else { return nil }
        frequencies = Self.frequencies(
            partCount: condition.codeCount - condition.lengthCodeCount,
            featureCount: featureCount)
    }

    /// φ of every step of packed sequences, the first of which is step `first`, from ln T̂ `[B]`; `[N, F]`.
    func callAsFunction(
        _ logLength: Tensor, packing: Packing, from first: Int = 0, in arena: Arena
    ) -> Tensor {
        let y = arena.tensor(Shape(packing.tokenCount, 2 * frequencies.count))
        ck_pace(
            y.pointer, logLength.pointer, frequencies, packing.offsets,
            Int64(packing.maximumLength), Int64(packing.tokenCount), Int64(first),
            Int64(frequencies.count))
        return y
    }

    /// φ of every step of a batch under its condition, `[N, F]`.
    func callAsFunction(
        _ condition: DecoderCondition, packing: Packing, on tape: Tape
    ) -> Variable {
        Variable(constant: self(condition.logLengths, packing: packing, in: tape.arena))
    }

    /// φ(c_p) of the middle of each of P equal parts, c_p = (p + ½)/P, told by F numbers; P rows.
    static func places(partCount: Int, featureCount: Int) -> [[Float]] {
        let frequencies = frequencies(partCount: partCount, featureCount: featureCount)
        return (0..<partCount).map { part in
            let x = (Float(part) + 0.5) / Float(partCount)
            return frequencies.flatMap {
                [cos($0 * x), sin($0 * x)].map { $0 * Float(2).squareRoot() }
            }
        }
    }

    private static func frequencies(partCount: Int, featureCount: Int) -> [Float] {
        let count = featureCount / 2
        return (0..<count).map {
            1.5 * pow(Float(partCount), Float($0) / Float(max(1, count - 1)))
        }
    }
}
