import Foundation

/// Multinomial logistic regression from latents, one-hot, to a factor.
///
///     p(y | z) = softmax(b + Σ_d W_d[z_d])
///
/// Trained by AdaGrad on the log-likelihood with a small L2 pull, row after row in order, so the same rows give the same
/// weights.
struct LinearPredictor {
    private var weights: [Double]
    private var biases: [Double]
    private let valueCount: Int
    private let classCount: Int

    /// Learns from the texts with these numbers.
    init(
        _ latents: LatentTable, _ factor: FactorTable.Factor, rows: [Int], passes: Int = 20,
        rate: Double = 0.2, decay: Double = 1e-4
    ) {
        valueCount = latents.valueCount
        classCount = max(1, factor.valueCount)
        weights = [Double](
            repeating: 0, count: latents.columns.count * valueCount * classCount)
        biases = [Double](repeating: 0, count: classCount)
        var squares = [Double](repeating: 1e-8, count: weights.count)
        var biasSquares = [Double](repeating: 1e-8, count: classCount)
        for _ in 0..<passes {
            for row in rows {
                var slopes = probabilities(latents, row)
                slopes[Int(factor.values[row])] -= 1
                for (label, slope) in slopes.enumerated() {
                    biasSquares[label] += slope * slope
                    biases[label] -= rate * slope / biasSquares[label].squareRoot()
                }
                for latent in latents.columns.indices {
                    let start = place(latents, latent, row)
                    for label in 0..<classCount {
                        let slope = slopes[label] + decay * weights[start + label]
                        squares[start + label] += slope * slope
                        weights[start + label] -=
                            rate * slope / squares[start + label].squareRoot()
                    }
                }
            }
        }
    }

    /// The most probable value of a text, the first of equals.
    func prediction(_ latents: LatentTable, _ row: Int) -> Int32 {
        let p = probabilities(latents, row)
        return Int32(p.indices.max { p[$0] < p[$1] } ?? 0)
    }

    private func place(_ latents: LatentTable, _ latent: Int, _ row: Int) -> Int {
        (latent * valueCount + Int(latents.columns[latent][row])) * classCount
    }

    private func probabilities(_ latents: LatentTable, _ row: Int) -> [Double] {
        var scores = biases
        for latent in latents.columns.indices {
            let start = place(latents, latent, row)
            for label in 0..<classCount { scores[label] += weights[start + label] }
        }
        let largest = scores.max() ?? 0
        scores = scores.map { exp($0 - largest) }
        let total = scores.reduce(0, +)
        return scores.map { $0 / total }
    }
}
