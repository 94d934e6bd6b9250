import Foundation
import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// The fused projection and cross entropy against its definition.
@Suite struct TokenLikelihoodTests {
    /// With 70,000 tokens a chunk has 64 rows; with few it has 1,024: 1,500 rows cross that boundary too.
    struct Case: Sendable, CustomTestStringConvertible {
        var vocabulary: Int
        var width: Int
        var lengths: [Int]
        var testDescription: String { "V \(vocabulary), \(lengths.reduce(0, +)) rows" }
    }

    static let small = [
        Case(vocabulary: 3, width: 3, lengths: [2]), Case(vocabulary: 7, width: 3, lengths: [4]),
        Case(vocabulary: 33, width: 5, lengths: [5, 3, 3, 1]),
    ]
    static let large = [
        Case(vocabulary: 70_000, width: 3, lengths: [40, 30, 30, 29]),
        Case(vocabulary: 70_000, width: 3, lengths: [65]),
        Case(vocabulary: 19, width: 4, lengths: [700, 500, 300]),
    ]

    /// Upstream gradients that are equal take the fast path, unequal ones compute the logits again.
    enum Upstream: CaseIterable { case one, equal, unequal }

    @Test(arguments: small, Upstream.allCases) func centralDifferences(
        _ test: Case, upstream: Upstream
    ) {
        let problem = Problem(test)
        let weights = problem.weights(upstream)
        for inheritance in [false, true] {
            let result = problem.run(weights, existingGradients: inheritance)
            for (index, gradient) in result.gradients.enumerated() {
                let exact = centralDifference(
                    of: { moved in
                        var all = problem.inputs
                        all[index] = moved
                        return zip(problem.naive(all), weights).reduce(0) { $0 + $1.0 * $1.1 }
                    }, at: problem.inputs[index])
                let existing = inheritance ? problem.existing(index) : nil
                expectClose(
                    gradient, existing.map { zip($0, exact).map { $0 + $1 } } ?? exact,
                    relative: 1e-5, "gradient \(index)")
            }
        }
    }

    @Test(arguments: small + large, Upstream.allCases) func closedForm(
        _ test: Case, upstream: Upstream
    ) {
        let problem = Problem(test)
        let weights = problem.weights(upstream)
        let exact = problem.closedForm(weights)
        for inheritance in [false, true] {
            let result = problem.run(weights, existingGradients: inheritance)
            expectClose(result.sequence, exact.sequence, relative: 2e-6, "sequences")
            expectClose(result.token, exact.token, relative: 2e-6, "tokens")
            #expect(result.best == exact.best)
            for (index, gradient) in result.gradients.enumerated() {
                let existing = inheritance ? problem.existing(index) : nil
                let want = exact.gradients[index]
                expectClose(
                    gradient, existing.map { zip($0, want).map { $0 + $1 } } ?? want,
                    relative: 1e-5, "gradient \(index)")
            }
        }
    }

    /// In bf16 the gradients stay near, over several blocks of rows and several chunks, and every upstream gradient.
    @Test(arguments: small + large, Upstream.allCases) func rounded(
        _ test: Case, upstream: Upstream
    ) {
        let problem = Problem(test)
        let weights = problem.weights(upstream)
        let exact = problem.closedForm(weights)
        let result = problem.run(weights, existingGradients: false, precision: .bf16)
        for (got, want) in zip(result.sequence, exact.sequence) {
            #expect(abs(Double(got) - want) < 0.01 * abs(want))
        }
        for (index, gradient) in result.gradients.enumerated() {
            let want = exact.gradients[index]
            let norm = want.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let difference = zip(gradient, want).reduce(0) {
                $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1)
            }.squareRoot()
            #expect(difference <= 0.02 * norm, "gradient \(index): \(difference / norm)")
        }
    }

    /// Without a tape that records, the values are the same bits and no gradient appears.
    @Test func valuesWithoutRecording() {
        let problem = Problem(Self.small[2])
        let recorded = problem.run(problem.weights(.one), existingGradients: false)
        let tape = Tape(arena: Arena(), isRecording: false)
        let likelihood = problem.likelihood(
            tape.leaf(tape.arena.tensor(problem.stateShape, problem.inputs[0])), on: tape)
        expectSameBits(likelihood.sequence.value.array, recorded.sequence)
        expectSameBits(likelihood.token.array, recorded.token)
    }
}

/// States, weights and targets of a case, with every way to look at them.
private final class Problem {
    let packing: Packing
    let stateShape: Shape
    let inputs: [[Double]]
    private let test: TokenLikelihoodTests.Case
    private let targets: [Int32]
    private let weight: Parameter
    private let bias: Parameter

    init(_ test: TokenLikelihoodTests.Case) {
        self.test = test
        packing = Packing(lengths: test.lengths)
        stateShape = Shape(packing.tokenCount, test.width)
        weight = Parameter(name: "weight", shape: Shape(test.vocabulary, test.width))
        bias = Parameter(name: "bias", shape: Shape(test.vocabulary))
        inputs = [
            sampleValues(stateShape.count, seed: 1, scale: 2),
            sampleValues(weight.shape.count, seed: 2, scale: 2),
            sampleValues(bias.shape.count, seed: 3),
        ]
        targets = sampleIndices(packing.tokenCount, below: test.vocabulary, seed: 4)
        weight.set(inputs[1])
        bias.set(inputs[2])
    }

    func weights(_ upstream: TokenLikelihoodTests.Upstream) -> [Double] {
        switch upstream {
        case .one: packing.lengths.map { _ in 1 }
        case .equal: packing.lengths.map { _ in -0.375 }
        case .unequal: packing.lengths.indices.map { 0.5 - 1.25 * Double($0) }
        }
    }

    /// What stands in the gradients beforehand: of h by another use, of the parameters by another step.
    func existing(_ index: Int) -> [Double] {
        index == 0
            ? [Double](repeating: 3, count: inputs[0].count)
            : sampleValues(inputs[index].count, seed: 20 + UInt64(index))
    }

    func likelihood(_ h: Variable, on tape: Tape) -> TokenLikelihood {
        targets.withUnsafeBufferPointer { ids in
            guard let base = ids.baseAddress else { preconditionFailure("no targets") }
            return tape.tokenLikelihood(
                h, weight: weight, bias: bias, targets: base, packing: packing)
        }
    }

    func run(
        _ weights: [Double], existingGradients: Bool, precision: Precision = .fp32
    ) -> (
        sequence: [Float], token: [Float], best: [Int32], gradients: [[Float]]
    ) {
        for (index, parameter) in [(1, weight), (2, bias)] {
            parameter.clearGradient()
            if existingGradients {
                let storage = parameter.accumulator().tensor
                for (place, value) in existing(index).enumerated() { storage[place] = Float(value) }
            }
        }
        let tape = Tape(arena: Arena(), isRecording: true, precision: precision)
        let h = tape.leaf(tape.arena.tensor(stateShape, inputs[0]))
        return targets.withUnsafeBufferPointer { ids in
            guard let base = ids.baseAddress else { preconditionFailure("no targets") }
            let result = tape.tokenLikelihood(
                h, weight: weight, bias: bias, targets: base, packing: packing)
            var loss = tape.weighted(result.sequence, weights.map { Float($0) })
            if existingGradients { loss = tape.add(loss, tape.sum(tape.scale(h, by: 3))) }
            tape.backward(from: loss)
            return (
                result.sequence.value.array, result.token.array, Array(result.best),
                [tape.gradientArray(h), weight.gradientArray, bias.gradientArray]
            )
        }
    }

    func naive(_ input: [[Double]]) -> [Double] {
        var sums = [Double](repeating: 0, count: packing.batchSize)
        let logits = Naive.linear(rows(input[0], test.width), rows(input[1], test.width), input[2])
        for (row, values) in logits.enumerated() {
            sums[Int(packing.sequenceOfRow[row])] += Naive.logSoftmax(values)[Int(targets[row])]
        }
        return sums
    }

    /// ∂ log softmax(l)ₜ/∂l = onehot(t) − softmax(l), and from there by the rules of matrix products.
    func closedForm(_ weights: [Double]) -> (
        sequence: [Double], token: [Double], best: [Int32], gradients: [[Double]]
    ) {
        let (width, vocabulary) = (test.width, test.vocabulary)
        let (h, w, b) = (inputs[0], inputs[1], inputs[2])
        var dh = [Double](repeating: 0, count: h.count)
        var dw = [Double](repeating: 0, count: w.count)
        var db = [Double](repeating: 0, count: b.count)
        var sequence = [Double](repeating: 0, count: packing.batchSize)
        var token: [Double] = []
        var best: [Int32] = []
        var logits = [Double](repeating: 0, count: vocabulary)
        for row in 0..<packing.tokenCount {
            let state = Array(h[row * width..<(row + 1) * width])
            for v in 0..<vocabulary {
                var sum = b[v]
                for c in 0..<width { sum += state[c] * w[v * width + c] }
                logits[v] = sum
            }
            let largest = logits.max() ?? 0
            best.append(Int32(logits.firstIndex(of: largest) ?? 0))
            let logTotal = largest + log(logits.reduce(0) { $0 + exp($1 - largest) })
            let target = Int(targets[row])
            token.append(logits[target] - logTotal)
            let sentence = Int(packing.sequenceOfRow[row])
            sequence[sentence] += logits[target] - logTotal
            for v in 0..<vocabulary {
                let share = (v == target ? 1 : 0) - exp(logits[v] - logTotal)
                let gradient = weights[sentence] * share
                db[v] += gradient
                for c in 0..<width {
                    dh[row * width + c] += gradient * w[v * width + c]
                    dw[v * width + c] += gradient * state[c]
                }
            }
        }
        return (sequence, token, best, [dh, dw, db])
    }
}
