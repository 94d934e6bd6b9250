import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// The layer against PyTorch's formulas and backpropagation through time against central differences.
@Suite struct GRUTests {
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
        let layer = try GRU(
            test.inputSize, size, isReversed: test.isReversed, in: ParameterStore(.seed(1)).root)
        let packing = Packing(lengths: test.lengths)
        let batch = test.lengths.count
        var leaves = [
            (
                Shape(packing.tokenCount, test.inputSize),
                sampleValues(packing.tokenCount * test.inputSize, seed: 2, scale: 2)
            )
        ]
        if test.hasCondition {
            leaves.append((Shape(batch, 3 * size), sampleValues(batch * 3 * size, seed: 3)))
        }
        if test.hasInitial {
            leaves.append((Shape(batch, size), sampleValues(batch * size, seed: 4)))
        }
        expectGradients(
            test.testDescription, leaves: leaves,
            parameters: [layer.weightIH, layer.weightHH, layer.biasIH, layer.biasHH],
            naive: { input in
                let naive = NaiveGRU(
                    weightIH: rows(input[leaves.count], test.inputSize),
                    weightHH: rows(input[leaves.count + 1], size), biasIH: input[leaves.count + 2],
                    biasHH: input[leaves.count + 3])
                let conditions = test.hasCondition ? rows(input[1], 3 * size) : nil
                let initials = test.hasInitial ? rows(input[leaves.count - 1], size) : nil
                let sentences = unpacked(rows(input[0], test.inputSize), lengths: test.lengths)
                return flat(
                    packed(
                        sentences.enumerated().map { index, sentence in
                            naive.states(
                                of: sentence, condition: conditions?[index],
                                initial: initials?[index], reversed: test.isReversed)
                        }))
            },
            layer: { tape, x in
                layer(
                    x[0], packing: packing, condition: test.hasCondition ? x[1] : nil,
                    initial: test.hasInitial ? x[leaves.count - 1] : nil, on: tape)
            })
    }

    /// A model in use keeps no gates, writes to columns of a wider tensor and shares the products of equal inputs: the
    /// states are the same.
    @Test(arguments: cases) func statesOfAModelInUse(_ test: Case) throws {
        let size = test.hiddenSize
        let layer = try GRU(
            test.inputSize, size, isReversed: test.isReversed, in: ParameterStore(.seed(1)).root)
        let packing = Packing(lengths: test.lengths)
        let (tokens, batch) = (packing.tokenCount, test.lengths.count)
        let (recording, using) = (
            Tape(arena: Arena(), isRecording: true), Tape(arena: Arena(), isRecording: false)
        )
        defer { withExtendedLifetime((recording, using)) {} }
        func filled(_ shape: Shape, seed: UInt64) -> Tensor {
            let tensor = recording.arena.tensor(shape)
            for (index, value) in sampleValues(shape.count, seed: seed).enumerated() {
                tensor.pointer[index] = Float(value)
            }
            return tensor
        }
        let words = filled(Shape(2, test.inputSize), seed: 2)
        let rows = (0..<tokens).map { Int32($0 * $0 % 3 % 2) }
        let x = recording.arena.tensor(Shape(tokens, test.inputSize))
        for (row, word) in rows.enumerated() {
            x.rows(row..<row + 1).copy(from: words.rows(Int(word)..<Int(word) + 1))
        }
        let condition = test.hasCondition ? filled(Shape(batch, 3 * size), seed: 3) : nil
        let initial = test.hasInitial ? filled(Shape(batch, size), seed: 4) : nil
        let recorded = layer(
            Variable(constant: x), packing: packing,
            condition: condition.map { Variable(constant: $0) },
            initial: initial.map { Variable(constant: $0) }, on: recording
        ).value
        for isShared in [false, true] {
            let wide = using.arena.tensor(Shape(tokens, size + 3))
            wide.fill(7)
            layer.states(
                of: isShared ? words : x, packing: packing, condition: condition, initial: initial,
                rows: isShared ? rows : nil, into: Matrix(wide, columns: 2..<2 + size), on: using)
            for row in 0..<tokens {
                let found = Array(wide.rows(row..<row + 1).buffer)
                #expect(found[..<2] == [7, 7] && found[(size + 2)...] == [7])
                for unit in 0..<size {
                    let wanted = recorded.pointer[row * size + unit]
                    #expect(abs(found[2 + unit] - wanted) < 1e-6)
                }
            }
        }
    }

    /// Inputs, condition, initial state and weights that other operations read too: every contribution is added.
    @Test func sharedInputsAdd() throws {
        let layer = try GRU(4, 4, in: ParameterStore(.seed(3)).root)
        let lengths = [3, 2]
        let packing = Packing(lengths: lengths)
        expectGradients(
            leaves: [
                (Shape(5, 4), sampleValues(20, seed: 5)), (Shape(2, 12), sampleValues(24, seed: 6)),
                (Shape(2, 4), sampleValues(8, seed: 7)),
            ],
            parameters: [layer.weightIH, layer.weightHH, layer.biasIH, layer.biasHH],
            naive: { input in
                let naive = NaiveGRU(
                    weightIH: rows(input[3], 4), weightHH: rows(input[4], 4), biasIH: input[5],
                    biasHH: input[6])
                func run(_ x: Rows) -> Rows {
                    packed(
                        unpacked(x, lengths: lengths).enumerated().map { index, sentence in
                            naive.states(
                                of: sentence, condition: rows(input[1], 12)[index],
                                initial: rows(input[2], 4)[index])
                        })
                }
                let first = rows(input[0], 4)
                let second = run(run(first))
                return zip(flat(second), input[0]).map { $0 + $1 }
            },
            layer: { tape, x in
                let first = layer(
                    x[0], packing: packing, condition: x[1], initial: x[2], on: tape)
                let second = layer(
                    first, packing: packing, condition: x[1], initial: x[2], on: tape)
                return tape.add(second, x[0])
            })
    }

    /// A step at a time gives the bits of the whole sequence.
    @Test(.enabled(if: Processor.hasAVX512), arguments: [4, 17, 64])
    func stepsEqualTheSequence(size: Int) throws {
        let layer = try GRU(size, size, in: ParameterStore(.seed(4)).root)
        let tape = Tape(arena: Arena(), isRecording: false)
        let arena = tape.arena
        let (batch, time) = (3, 6)
        let packing = Packing(lengths: [Int](repeating: time, count: batch))
        let shape = Shape(batch * time, size)
        let x = arena.tensor(shape, sampleValues(shape.count, seed: 1))
        let condition = arena.tensor(
            Shape(batch, 3 * size), sampleValues(batch * 3 * size, seed: 2))
        let initial = arena.tensor(Shape(batch, size), sampleValues(batch * size, seed: 3))
        let whole = layer(
            Variable(constant: x), packing: packing, condition: Variable(constant: condition),
            initial: Variable(constant: initial), on: tape
        ).value
        var state = initial
        for step in 0..<time {
            let range = step * batch..<(step + 1) * batch
            let next = arena.tensor(initial.shape)
            layer.step(
                x.rows(range), state: state, condition: condition, into: next, on: tape)
            expectSameBits(next.array, whole.rows(range).array, "step \(step)")
            state = next
        }
    }
}
