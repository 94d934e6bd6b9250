import Foundation
import Testing

@testable import DVAE

/// Gumbel noise given the draw.
@Suite struct ConditionalNoiseTests {
    /// y of one row, in double precision.
    private func relaxed(
        _ p: [Double], noise: ArraySlice<Double>, drawn: Int, temperature: Double
    ) -> [Double] {
        let space = Buffer(p)
        return Buffer(p + noise).read { inputs in
            space.after { space in
                LatentRow(
                    logits: inputs, probabilities: inputs, noise: inputs + p.count, drawn: drawn,
                    categoryCount: p.count, space: space
                ).conditionalSoftmax(of: inputs, temperature: temperature)
            }
        }
    }

    /// Mixed over draws from p, it is Gumbel noise again: mean 0.5772, variance π²/6.
    @Test func mixedOverTheDrawsItIsGumbelNoise() {
        let p = softmax(normals(4, "logits", seed: 3))
        let rows = 250_000
        let (first, second) = (
            gumbels(4 * rows, "draws"), gumbels(4 * rows, "fresh", seed: 2)
        )
        var (sum, squares, misses) = (0.0, 0.0, 0)
        for row in 0..<rows {
            let cells = 4 * row..<4 * (row + 1)
            let drawn =
                (0..<4).max { a, b in
                    log(p[a]) + first[cells.lowerBound + a] < log(p[b])
                        + first[cells.lowerBound + b]
                } ?? 0
            let y = relaxed(p, noise: second[cells], drawn: drawn, temperature: 1)
            misses += y.indices.contains { $0 != drawn && y[$0] >= y[drawn] } ? 1 : 0
            // log y is log p + noise up to a constant, and the noise of the draw tells the constant.
            for k in 0..<4 {
                let noise =
                    second[cells.lowerBound + drawn] + log(y[k] / y[drawn]) - log(p[k])
                sum += noise
                squares += noise * noise
            }
        }
        let count = Double(4 * rows)
        let mean = sum / count
        #expect(misses == 0)
        #expect(abs(mean - 0.57722) <= 0.005)
        #expect(abs(squares / count - mean * mean - 1.64493) <= 0.02)
    }

    /// The cold limit of Gumbel-Rao is ZGR.
    @Test(arguments: [UInt64(1), 2, 3])
    func coldGumbelRaoIsZgr(seed: UInt64) {
        let logits = normals(4, "logits", seed: seed)
        let g = normals(4, "g", seed: seed)
        let noises = 200_000
        let fresh = gumbels(4 * noises, "fresh", seed: seed)
        func error(_ temperature: Double) -> Double {
            let rows = (0..<4).map { drawn -> (got: [Double], wanted: [Double]) in
                var sum = [Double](repeating: 0, count: 4)
                for turn in 0..<noises {
                    sum = rowGradient(
                        GumbelRao(), logits: logits,
                        noise: Array(fresh[4 * turn..<4 * (turn + 1)]), drawn: drawn, g: g,
                        temperature: temperature, start: sum)
                }
                return (
                    scaled(sum, by: 1 / Double(noises)),
                    rowGradient(Zgr(), logits: logits, drawn: drawn, g: g, temperature: 1)
                )
            }
            return relativeError(rows.flatMap(\.got), rows.flatMap(\.wanted))
        }
        let (cool, cold) = (error(0.1), error(0.02))
        #expect(cool < 0.15)
        #expect(cold < cool)
    }
}
