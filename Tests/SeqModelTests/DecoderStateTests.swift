import Foundation
import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// The recurrent decoder as it runs freely, against the naive chain and against itself.
@Suite(.enabled(if: Processor.hasAVX512)) struct DecoderStateTests {
    private let model: TinyModel
    private let arena = Arena()
    private let conditions: [[Double]]

    init() throws {
        var sizes = TinyModel.Sizes()
        sizes.vocabulary = 23
        sizes.embedding = 9
        sizes.decoder = 17
        sizes.decoderLayers = 2
        model = try TinyModel(sizes, seed: 5)
        conditions = (0..<7).map { sampleValues(4, seed: 50 + UInt64($0), scale: 4) }
    }

    private func state(_ rows: [Int], _ precision: Precision = .fp32) -> any DecoderState {
        let vector = arena.tensor(Shape(rows.count, 4), rows.flatMap { conditions[$0] })
        let width = 2 * model.sizes.encoder * model.sizes.queries
        return model.decoder.makeState(
            condition: DecoderCondition(
                vector: Variable(constant: vector),
                codes: Variable(constant: arena.zeros(Shape(rows.count, width)))),
            on: Tape(arena: arena, isRecording: false, precision: precision))
    }

    private func search(_ strategy: SearchStrategy) -> Search {
        Search(strategy: strategy, bos: TinyModel.bos, eos: TinyModel.eos, maximumLength: 12)
    }

    @Test func stepsMatchTheNaiveDecoder() {
        let inputs: [[Int32]] = [[0, 5, 7, 22], [0, 2, 2, 9]]
        let state = state([0, 1])
        let exact = inputs.indices.map {
            model.naive.logProbabilities(
                inputs: inputs[$0].map { Int($0) }, condition: conditions[$0])
        }
        for time in 0..<4 {
            let logits = state.step(inputs.map { $0[time] })
            for row in 0..<2 {
                let values = logits.rows(row..<row + 1).array.map { Double($0) }
                expectClose(
                    Naive.logSoftmax(values), exact[row][time], relative: 1e-6,
                    "row \(row), time \(time)")
            }
        }
    }

    @Test(arguments: Precision.allCases) func aBatchEqualsItsRows(precision: Precision) {
        let together = state(Array(0..<7), precision)
        let alone = (0..<7).map { state([$0], precision) }
        for time in 0..<5 {
            let tokens = (0..<7).map { Int32(($0 * 5 + time * 3) % 23) }
            let logits = together.step(tokens)
            for row in 0..<7 {
                expectSameBits(
                    alone[row].step([tokens[row]]).array, logits.rows(row..<row + 1).array,
                    "row \(row), time \(time)")
            }
        }
    }

    /// With products in bf16 logits change, by no more than their rounding.
    @Test func roundedProductsMoveLogitsALittle() {
        let (exact, rounded) = (state([0, 1, 2]), state([0, 1, 2], .bf16))
        for time in 0..<4 {
            let tokens: [Int32] = [4, 9, Int32(10 + time)]
            let (a, b) = (exact.step(tokens).array, rounded.step(tokens).array)
            #expect(a != b)
            for (a, b) in zip(a, b) { #expect(abs(a - b) < 0.02 * (1 + abs(a))) }
        }
    }

    @Test func selectReordersAndRepeats() {
        let selected = state([0, 1, 2, 3])
        let fresh = state([3, 1, 1])
        _ = selected.step([4, 5, 6, 7])
        _ = fresh.step([7, 5, 5])
        selected.select([3, 1, 1])
        for time in 0..<3 {
            let tokens: [Int32] = [8, 9, Int32(10 + time)]
            expectSameBits(selected.step(tokens).array, fresh.step(tokens).array, "time \(time)")
        }
        selected.select([2, 0])
        fresh.select([2])
        let logits = selected.step([11, 12])
        expectSameBits(logits.rows(0..<1).array, fresh.step([11]).array)
        selected.select([])
        #expect(selected.step([]).rows == 0)
    }

    @Test func greedyMatchesTheNaiveArgmax() {
        let results = search(.greedy)(state(Array(0..<7)), count: 7) {
            RandomStream(seed: 0, "unused").stream($0)
        }
        let naive = model.naive
        for (condition, tokens) in zip(conditions, results) {
            var expected: [Int] = []
            while expected.count < 12 {
                guard
                    let row = naive.logProbabilities(inputs: [0] + expected, condition: condition)
                        .last
                else { break }
                let best = (1..<row.count).reduce(1) { row[$1] > row[$0] ? $1 : $0 }
                if best == 1 { break }
                expected.append(best)
            }
            #expect(tokens.map { Int($0) } == expected)
        }
    }

    /// Each row follows its own condition and stream: not its neighbours, nor its place.
    @Test(arguments: [
        SearchStrategy.greedy, .sample(SamplingOptions()),
        .sample(SamplingOptions(temperature: 0.8, topK: 9, topP: 0.9)),
        .beam(width: 3, lengthPenalty: 0), .beam(width: 4, lengthPenalty: 0.7),
    ])
    func rowsDoNotDependOnNeighbours(strategy: SearchStrategy) {
        let root = RandomStream(seed: 4, "rows")
        let search = search(strategy)
        let together = search(state(Array(0..<7)), count: 7) { root.stream($0) }
        for row in 0..<7 {
            #expect(search(state([row]), count: 1) { _ in root.stream(row) } == [together[row]])
        }
        let backwards = search(state([6, 5, 4, 3, 2, 1, 0]), count: 7) { root.stream(6 - $0) }
        #expect(backwards == together.reversed())
        if case .sample = strategy {
            let other = search(state(Array(0..<7)), count: 7) { root.stream($0 + 100) }
            #expect(other != together)
        }
    }
}
