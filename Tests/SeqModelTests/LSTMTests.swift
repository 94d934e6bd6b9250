import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// The layer against PyTorch's formulas and backpropagation through time against central differences.
@Suite struct LSTMTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var lengths = [5, 3, 3, 1]
        var inputSize = 3
        var hiddenSize = 4
        var isReversed = false
        var hasCondition = false
        var hasInitial = false

        var testDescription: String {
            "\(lengths) \(inputSize)→\(hiddenSize) reversed \(isReversed)"
                + " condition \(hasCondition) initial \(hasInitial)"
        }
    }

    static let cases: [Case] = {
        var cases: [Case] = []
        for lengths in [[5, 3, 3, 1], [4], [1, 1, 1], [2, 2]] {
            for mode in 0..<6 {
                cases.append(
                    Case(
                        lengths: lengths, isReversed: mode >= 4, hasCondition: mode % 2 == 1,
                        hasInitial: mode == 2 || mode == 3))
            }
        }
        for (input, hidden) in [(1, 1), (5, 17), (7, 16)] {
            cases.append(
                Case(
                    lengths: [3, 2, 1], inputSize: input, hiddenSize: hidden, hasCondition: true,
                    hasInitial: true))
        }
        return cases
    }()

    @Test(arguments: cases) func gradients(_ test: Case) throws {
        let size = test.hiddenSize
        let layer = try LSTM(
            test.inputSize, size, isReversed: test.isReversed, in: ParameterStore(.seed(1)).root)
        let packing = Packing(lengths: test.lengths)
        let batch = test.lengths.count
        var leaves = [
            (
                Shape(packing.tokenCount, test.inputSize),
                sampleValues(packing.tokenCount * test.inputSize, seed: 2, scale: 2)
            )
        ]
        if test.hasInitial {
            leaves.append((Shape(batch, size), sampleValues(batch * size, seed: 4)))
            leaves.append((Shape(batch, size), sampleValues(batch * size, seed: 5)))
        }
        if test.hasCondition {
            leaves.append((Shape(batch, 4 * size), sampleValues(batch * 4 * size, seed: 3)))
        }
        let count = leaves.count
        expectGradients(
            test.testDescription, leaves: leaves,
            parameters: [layer.weightIH, layer.weightHH, layer.biasIH, layer.biasHH],
            naive: { input in
                let naive = NaiveLSTM(
                    weightIH: rows(input[count], test.inputSize),
                    weightHH: rows(input[count + 1], size), biasIH: input[count + 2],
                    biasHH: input[count + 3])
                let conditions = test.hasCondition ? rows(input[count - 1], 4 * size) : nil
                let initials =
                    test.hasInitial ? Array(zip(rows(input[1], size), rows(input[2], size))) : nil
                let sentences = unpacked(rows(input[0], test.inputSize), lengths: test.lengths)
                return flat(
                    packed(
                        sentences.enumerated().map { index, sentence in
                            naive.states(
                                of: sentence, condition: conditions?[index],
                                initial: initials.map { (h: $0[index].0, c: $0[index].1) },
                                reversed: test.isReversed)
                        }))
            },
            layer: { tape, x in
                layer(
                    x[0], packing: packing, condition: test.hasCondition ? x[count - 1] : nil,
                    initial: test.hasInitial ? LSTM.State(h: x[1], c: x[2]) : nil, on: tape)
            })
    }

    /// Inputs, condition, initial state and weights that other operations read too: every contribution is added.
    @Test func sharedInputsAdd() throws {
        let layer = try LSTM(4, 4, in: ParameterStore(.seed(3)).root)
        let lengths = [3, 2]
        let packing = Packing(lengths: lengths)
        expectGradients(
            leaves: [
                (Shape(5, 4), sampleValues(20, seed: 5)), (Shape(2, 16), sampleValues(32, seed: 6)),
                (Shape(2, 4), sampleValues(8, seed: 7)),
            ],
            parameters: [layer.weightIH, layer.weightHH, layer.biasIH, layer.biasHH],
            naive: { input in
                let naive = NaiveLSTM(
                    weightIH: rows(input[3], 4), weightHH: rows(input[4], 4), biasIH: input[5],
                    biasHH: input[6])
                let first = rows(input[2], 4)
                func run(_ x: Rows) -> Rows {
                    packed(
                        unpacked(x, lengths: lengths).enumerated().map { index, sentence in
                            naive.states(
                                of: sentence, condition: rows(input[1], 16)[index],
                                initial: (h: first[index], c: first[index]))
                        })
                }
                return zip(flat(run(run(rows(input[0], 4)))), input[0]).map { $0 + $1 }
            },
            layer: { tape, x in
                let state = LSTM.State(h: x[2], c: x[2])
                let first = layer(x[0], packing: packing, condition: x[1], initial: state, on: tape)
                let second = layer(
                    first, packing: packing, condition: x[1], initial: state, on: tape)
                return tape.add(second, x[0])
            })
    }
}
