import Tensors
import Testing

@testable import DVAE

/// What f is shown follows softmax(logits) whatever the temperature.
@Suite struct SamplingLawTests {
    static let grid = GridSize(2, 4)
    static let logits = normals(8, "law", seed: 1)
    static let batch = 100_000

    /// How often f was shown each of the K^D codes (for relaxed latents, their largest categories).
    private func counts(
        _ estimator: any GradientEstimator, draws: Int, batch: Int = Self.batch
    ) -> [Int] {
        var counts = [Int](repeating: 0, count: Self.grid.codes.count)
        let (latentCount, categoryCount) = (Self.grid.latents, Self.grid.categories)
        let f: LatentFunction = { latents, tape in
            counts.withUnsafeMutableBufferPointer { counts in
                var row = latents.value.pointer
                for _ in 0..<batch {
                    var index = 0
                    for _ in 0..<latentCount {
                        var best = 0
                        for k in 1..<categoryCount where row[k] > row[best] { best = k }
                        index = index * categoryCount + best
                        row += categoryCount
                    }
                    counts[index] += 1
                }
            }
            return Variable(constant: tape.arena.zeros(Shape(batch)))
        }
        let tape = Tape(arena: Arena(), isRecording: false)
        let posterior = tape.posterior(Self.logits, Self.grid, batch: batch)
        var seed: UInt64 = 0
        while counts.reduce(0, +) < draws {
            _ = estimator.expectation(
                of: f, under: posterior, at: 0, using: RandomStream(seed: seed, "law"), on: tape)
            seed += 1
        }
        return counts
    }

    /// The probability of a deviation as large as that of 10⁶ draws or more from softmax(logits).
    private func pValue(_ estimator: any GradientEstimator, logits: [Double]) -> Double {
        let counts = counts(estimator, draws: 1_000_000)
        let probabilities = Self.grid.probabilities(logits)
        return chiSquareTail(
            chiSquare(
                counts, Self.grid.codes.map { Self.grid.probability(of: $0, probabilities) }),
            degreesOfFreedom: counts.count - 1)
    }

    @Test(arguments: try Variant.all())
    func forwardSamples(variant: Variant) {
        if variant.type == ExactEnumeration.type {
            // No draw: every code once for each example.
            #expect(
                counts(variant.estimator, draws: 1, batch: 7)
                    == [Int](repeating: 7, count: Self.grid.codes.count))
        } else {
            #expect(pValue(variant.estimator, logits: Self.logits) > 1e-4)
        }
    }

    @Test func aTemperedLawWouldBeSeen() {
        #expect(pValue(ReinMax(), logits: Self.logits.map { $0 / 1.01 }) < 1e-4)
    }

    @Test func tailOfTheChiSquareDistribution() {
        // Tabulated critical values.
        #expect(abs(chiSquareTail(24.996, degreesOfFreedom: 15) - 0.05) < 0.001)
        #expect(abs(chiSquareTail(30.578, degreesOfFreedom: 15) - 0.01) < 0.0005)
        #expect(abs(chiSquareTail(37.697, degreesOfFreedom: 15) - 0.001) < 0.0002)
    }
}
