import Tensors

/// Latents whose codes are told and not inferred: the first m of D, the digits of a number of 0 ..< K^m, the first digit
/// weighing most.
///
///     q(z_j = digit_j) = 1,      share = Σ_j digit_j / K^(j+1),      0 ≤ share < 1
///
/// The digit of latent j is the first number of its feature vector; the first number of its embedding is its part of the
/// share, so that a decoder finds the number again in embeddings. Nothing of either is learned, no gradient passes.
struct ToldLatents {
    /// m.
    let count: Int
    /// D and K.
    let grid: CodeGrid

    /// How far the logits of the other categories lie below: a share of 10⁻¹³.
    private static let depth: Float = 30

    /// Logits `[B, D, K]` with the told latents certain of the digits in `features` `[B, D, F]`.
    func certain(_ logits: Variable, features: Tensor, on tape: Tape) -> Variable {
        let (rows, width) = (logits.shape[0], features.columns)
        let (stride, categories) = (grid.latentCount * grid.categoryCount, grid.categoryCount)
        for row in 0..<rows {
            for latent in 0..<count {
                let digit = Int(features.pointer[(row * grid.latentCount + latent) * width])
                precondition((0..<categories).contains(digit), "digit \(digit) of \(categories)")
                let start = logits.value.pointer + row * stride + latent * categories
                for k in 0..<categories { start[k] = k == digit ? 0 : -Self.depth }
            }
        }
        return overwritten(logits, rows: rows, stride: stride, on: tape) { _ in
            0..<count * categories
        }
    }

    /// Embeddings `[B, D·E]` with the parts of the share where told latents `[B, D, K]` have them.
    func marked(_ embeddings: Variable, latents: Tensor, on tape: Tape) -> Variable {
        let categories = grid.categoryCount
        mark(embeddings.value) { row, latent in
            let start = latents.pointer + (row * grid.latentCount + latent) * categories
            return (0..<categories).reduce(0) { $0 + Float($1) * start[$1] }
        }
        let (rows, stride) = (embeddings.value.rows, embeddings.value.columns)
        let size = stride / grid.latentCount
        return overwritten(embeddings, rows: rows, stride: stride, on: tape) { latent in
            latent * size..<latent * size + 1
        }
    }

    /// The same for codes.
    func mark(_ embeddings: Tensor, codes: Codes) {
        mark(embeddings) { Float(codes[$0, $1]) }
    }

    /// The share told by embeddings `[B, D·E]`, the middle of what the digits leave open; one number an example.
    func shares(_ embeddings: Tensor) -> [Float] {
        let size = embeddings.columns / grid.latentCount
        let half = 0.5 * digitWeight(count - 1)
        return (0..<embeddings.rows).map { row in
            (0..<count).reduce(half) {
                $0 + embeddings.pointer[row * embeddings.columns + $1 * size]
            }
        }
    }

    /// The digits of a share.
    func digits(_ share: Double) -> [Int] {
        var rest = min(max(share, 0), 1)
        return (0..<count).map { _ in
            rest *= Double(grid.categoryCount)
            let digit = min(Int(rest), grid.categoryCount - 1)
            rest -= Double(digit)
            return digit
        }
    }

    private func mark(_ embeddings: Tensor, _ digit: (_ row: Int, _ latent: Int) -> Float) {
        let size = embeddings.columns / grid.latentCount
        for row in 0..<embeddings.rows {
            for latent in 0..<count {
                embeddings.pointer[row * embeddings.columns + latent * size] =
                    digit(row, latent) * digitWeight(latent)
            }
        }
    }

    private func digitWeight(_ latent: Int) -> Float {
        (0...latent).reduce(1) { weight, _ in weight / Float(grid.categoryCount) }
    }

    /// x, whose storage was written over in places; no gradient passes there.
    private func overwritten(
        _ x: Variable, rows: Int, stride: Int, on tape: Tape, places: @escaping (Int) -> Range<Int>
    ) -> Variable {
        tape.record(x.value, operation: "told") { [unowned tape, count] dy in
            for row in 0..<rows {
                for latent in 0..<count {
                    for place in places(latent) { dy.pointer[row * stride + place] = 0 }
                }
            }
            tape.accumulate(dy, into: x)
        }
    }
}
