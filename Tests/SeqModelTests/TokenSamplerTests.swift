import Foundation
import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

@Suite struct TokenSamplerTests {
    private static let law = [0.04, 0.3, 0.02, 0.25, 0.2, 0.1, 0.05, 0.03, 0.01]
    private static let draws = 40_000

    /// How often each token came.
    private func counts(_ options: SamplingOptions, law: [Double] = law) -> [Int] {
        let sampler = TokenSampler(options)
        var random = RandomStream(seed: 3, "sampler")
        var counts = [Int](repeating: 0, count: law.count)
        var logits = [Float](repeating: 0, count: law.count)
        for _ in 0..<Self.draws {
            for index in law.indices { logits[index] = Float(log(law[index])) + 5 }
            counts[
                logits.withUnsafeMutableBufferPointer { sampler.draw(from: $0, using: &random) }] +=
                1
        }
        return counts
    }

    /// χ² stays below its mean and five deviations, and nothing outside the law's support is ever drawn.
    private func expectLaw(
        _ options: SamplingOptions, _ weights: [Double],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let total = weights.reduce(0, +)
        let statistic = chiSquare(
            observed: counts(options), probabilities: weights.map { $0 / total })
        let freedom = Double(max(1, weights.filter { $0 > 0 }.count - 1))
        #expect(
            statistic < freedom + 5 * (2 * freedom).squareRoot(), sourceLocation: sourceLocation)
    }

    private func keeping(_ indices: [Int]) -> [Double] {
        Self.law.indices.map { indices.contains($0) ? Self.law[$0] : 0 }
    }

    @Test func plain() { expectLaw(SamplingOptions(), Self.law) }

    @Test(arguments: [Float(0.5), 0.8, 2, 10]) func temperature(value: Float) {
        expectLaw(
            SamplingOptions(temperature: value), Self.law.map { pow($0, 1 / Double(value)) })
    }

    @Test func coldSamplingIsGreedy() {
        #expect(counts(SamplingOptions(temperature: 1e-4))[1] == Self.draws)
    }

    @Test func topK() {
        let order = [1, 3, 4, 5, 6, 0, 7, 2, 8]
        for k in 1...9 {
            expectLaw(SamplingOptions(topK: k), keeping(Array(order.prefix(k))))
        }
        expectLaw(SamplingOptions(topK: 100), Self.law)
    }

    /// The fewest tokens that reach p: 0.3, 0.55, 0.75, 0.85, 0.9, 0.94, 0.97, 0.99, 1.
    @Test func topP() {
        let order = [1, 3, 4, 5, 6, 0, 7, 2, 8]
        for (p, count) in [
            (Float(0.01), 1), (0.299, 1), (0.301, 2), (0.549, 2), (0.551, 3), (0.84, 4), (0.86, 5),
            (0.95, 7), (0.98, 8), (0.995, 9), (1, 9),
        ] {
            expectLaw(SamplingOptions(topP: p), keeping(Array(order.prefix(count))))
        }
    }

    /// Top p is measured within the top k, and after the temperature.
    @Test func restrictionsCombine() {
        // 0.3 and 0.25 of 0.75: 0.4 and 0.73.
        expectLaw(SamplingOptions(topK: 3, topP: 0.7), keeping([1, 3]))
        expectLaw(SamplingOptions(topK: 3, topP: 0.75), keeping([1, 3, 4]))
        let squares = keeping([1, 3, 4]).map { $0 * $0 }
        // 0.09, 0.0625 and 0.04 of 0.2066: 0.436, 0.738, 0.932.
        expectLaw(SamplingOptions(temperature: 0.5, topP: 0.9), squares)
    }

    @Test func equalLogitsFallToTheFirst() {
        #expect(counts(SamplingOptions(topK: 2), law: [0.25, 0.25, 0.25, 0.25])[2...] == [0, 0])
    }

    @Test func impossibleTokensNeverCome() {
        let counts = counts(SamplingOptions(), law: [0, 0.5, 0, 0.5, 0])
        #expect(counts[0] == 0 && counts[2] == 0 && counts[4] == 0)
    }

    @Test func optionsAreChecked() {
        #expect(SamplingOptions(temperature: 0.7, topK: 1, topP: 1).problems.isEmpty)
        for temperature in [0, -1, .nan, .infinity] as [Float] {
            #expect(SamplingOptions(temperature: temperature).problems.count == 1)
        }
        #expect(SamplingOptions(topK: 0, topP: 1.5).problems.count == 2)
        #expect(SamplingOptions(topP: .nan).problems.count == 1)
    }
}
