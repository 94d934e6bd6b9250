import Foundation
import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

@Suite struct TokenSamplerTests {
    private static let law = [0.04, 0.3, 0.02, 0.25, 0.2, 0.1, 0.05, 0.03, 0.01]
    private static let draws = 40_000
    private static let rowCount = 40

    /// How often each token came.
    private func counts(_ options: SamplingOptions, law: [Double] = law) -> [Int] {
        var sampler = TokenSampler(options)
        var streams = (0..<Self.rowCount).map { RandomStream(seed: 3, "sampler").stream($0) }
        let arena = Arena()
        let logits = arena.tensor(Shape(Self.rowCount, law.count))
        var tokens = [Int32](repeating: 0, count: Self.rowCount)
        var counts = [Int](repeating: 0, count: law.count)
        for _ in 0..<Self.draws / Self.rowCount {
            for index in 0..<logits.count {
                logits[index] = Float(log(law[index % law.count])) + 5
            }
            sampler.draw(
                from: logits, rows: Array(0..<Self.rowCount), using: &streams, into: &tokens)
            for token in tokens { counts[Int(token)] += 1 }
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

    /// A vocabulary longer than the blocks of a running sum and than the room of the best k.
    @Test(arguments: [SamplingOptions(), SamplingOptions(topK: 50), SamplingOptions(topP: 0.6)])
    func longVocabularies(options: SamplingOptions) {
        let law = (0..<1000).map { exp(sin(Double($0) * 12.9898) * 3) }
        var order = law.indices.sorted { law[$0] > law[$1] }
        if let k = options.topK { order = Array(order.prefix(k)) }
        if let p = options.topP {
            let total = law.reduce(0, +)
            var sum = 0.0
            order = Array(
                order.prefix { index in
                    defer { sum += law[index] }
                    return sum < Double(p) * total
                })
        }
        let counts = counts(options, law: law)
        let allowed = order.reduce(0) { $0 + law[$1] }
        var statistic = 0.0
        for index in law.indices {
            guard order.contains(index) else {
                #expect(counts[index] == 0)
                continue
            }
            let expected = Double(Self.draws) * law[index] / allowed
            statistic += pow(Double(counts[index]) - expected, 2) / expected
        }
        let freedom = Double(order.count - 1)
        #expect(statistic < freedom + 5 * (2 * freedom).squareRoot())
    }

    /// A row's draws depend on its own stream alone.
    @Test(arguments: [SamplingOptions(), SamplingOptions(topK: 3)])
    func rowsAreIndependent(options: SamplingOptions) {
        func draw(_ rows: [Int]) -> [Int32] {
            var sampler = TokenSampler(options)
            var streams = (0..<9).map { RandomStream(seed: 5, "rows").stream($0) }
            let arena = Arena()
            let logits = arena.tensor(Shape(rows.count, 500))
            for (place, row) in rows.enumerated() {
                for index in 0..<500 { logits[place * 500 + index] = sin(Float(row * 500 + index)) }
            }
            var tokens = [Int32](repeating: 0, count: rows.count)
            sampler.draw(from: logits, rows: rows, using: &streams, into: &tokens)
            return tokens
        }
        let together = draw(Array(0..<9))
        for row in 0..<9 { #expect(draw([row]) == [together[row]]) }
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
