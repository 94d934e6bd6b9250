import Foundation
import Tensors
import TestSupport
import Testing

/// What the tape does with variables used twice, constants and leaves.
@Suite struct TapeAccumulationTests {
    /// Each operation reads the same variable that a scaling reads too, before and after it on the tape, so that its
    /// pullback once overwrites and once adds.
    @Test(arguments: [true, false]) func aSecondUseAdds(before: Bool) {
        let x = sampleValues(20, seed: 1)
        let identity = (0..<25).map { $0 % 6 == 0 ? 1.0 : 0.0 }
        let operations: [(String, ([Double]) -> [Double], (Tape, Variable) -> Variable)] = [
            ("tanh", { $0.map { tanh($0) } }, { $0.activation(.tanh, $1) }),
            ("relu", { $0.map { max(0, $0) } }, { $0.activation(.relu, $1) }),
            ("gelu", { $0.map(Naive.gelu) }, { $0.activation(.gelu, $1) }),
            ("sigmoid", { $0.map(Naive.sigmoid) }, { $0.activation(.sigmoid, $1) }),
            ("softmax", { flat(rows($0, 5).map(Naive.softmax)) }, { $0.softmax($1) }),
            ("logSoftmax", { flat(rows($0, 5).map(Naive.logSoftmax)) }, { $0.logSoftmax($1) }),
            ("add", { $0.map { 2 * $0 } }, { $0.add($1, $1) }),
            (
                "concatenate", { flat(rows($0, 5).map { $0 + $0 }) },
                { $0.concatenateColumns($1, $1) }
            ),
            (
                "linear", { $0 },
                { $0.linear($1, weight: Parameter(Shape(5, 5), identity)) }
            ),
            (
                "grouped", { $0 },
                {
                    $0.groupedLinear(
                        $1.reshaped(Shape(4, 1, 5)), weight: Parameter(Shape(1, 5, 5), identity))
                }
            ),
            (
                "layerNorm",
                {
                    flat(
                        rows($0, 5).map {
                            Naive.layerNorm(
                                $0, gain: [1, 1, 1, 1, 1], bias: [0, 0, 0, 0, 0], epsilon: 1e-5)
                        })
                },
                {
                    $0.layerNorm(
                        $1, gain: Parameter(Shape(5), [1, 1, 1, 1, 1]),
                        bias: Parameter(Shape(5), [0, 0, 0, 0, 0]))
                }
            ),
            (
                "sum", { [$0.reduce(0, +)] }, { $0.sum($1) }
            ),
        ]
        for (name, naive, operation) in operations {
            expectGradients(
                name, leaves: [(Shape(4, 5), x)], relative: 2e-5,
                naive: {
                    [
                        naive($0[0]).enumerated().reduce(0) { $0 + $1.1 * Double($1.0 + 1) }
                            + 3 * $0[0].reduce(0, +)
                    ]
                },
                operation: { tape, x, _ in
                    let early = before ? tape.sum(tape.scale(x[0], by: 3)) : nil
                    let y = operation(tape, x[0])
                    let ramp = (0..<y.value.count).map { Float($0 + 1) }
                    return tape.add(
                        tape.weighted(y, ramp), early ?? tape.sum(tape.scale(x[0], by: 3)))
                })
        }
    }

    @Test(arguments: [true, false]) func gatheringAdds(before: Bool) {
        let index: [Int32] = [0, 1, 1, 3]
        index.withUnsafeBufferPointer { ids in
            guard let base = ids.baseAddress else { return }
            expectGradients(
                leaves: [(Shape(4, 5), sampleValues(20, seed: 1))],
                naive: { input in
                    let table = rows(input[0], 5)
                    let gathered = flat(index.map { table[Int($0)] })
                    return zip(input[0], gathered).map { 3 * $0 + $1 }
                },
                operation: { tape, x, _ in
                    if before {
                        let scaled = tape.scale(x[0], by: 3)
                        return tape.add(scaled, tape.gatherRows(x[0], base, count: 4))
                    }
                    let gathered = tape.gatherRows(x[0], base, count: 4)
                    return tape.add(tape.scale(x[0], by: 3), gathered)
                })
        }
    }

    /// A table that is looked up and then multiplied with, as a tied softmax does.
    @Test func aParameterUsedTwice() {
        let index: [Int32] = [2, 2, 0]
        index.withUnsafeBufferPointer { ids in
            guard let base = ids.baseAddress else { return }
            expectGradients(
                leaves: [], parameters: [(Shape(4, 3), sampleValues(12, seed: 2))],
                naive: { input in
                    let table = rows(input[0], 3)
                    let looked = index.map { table[Int($0)].map { tanh($0) } }
                    return flat(Naive.linear(looked, table))
                },
                operation: { tape, _, p in
                    tape.linear(
                        tape.activation(.tanh, tape.embedding(p[0], base, count: 3)),
                        weight: p[0])
                })
        }
    }

    @Test func aParameterAddsAcrossTapes() {
        let weight = Parameter(Shape(1, 2), [1, 2])
        func step() {
            let tape = Tape(arena: Arena(), isRecording: true)
            let x = tape.leaf(tape.arena.tensor(Shape(1, 2), [3, 5]))
            tape.backward(from: tape.linear(x, weight: weight))
        }
        #expect(!weight.hasGradient)
        step()
        #expect(weight.gradient.array == [3, 5])
        step()
        #expect(weight.gradient.array == [6, 10])
        weight.clearGradient()
        #expect(!weight.hasGradient)
        step()
        #expect(weight.gradient.array == [3, 5])
    }

    @Test func constantsReceiveNothing() {
        let tape = Tape(arena: Arena(), isRecording: true)
        let constant = Variable(constant: tape.arena.tensor(Shape(2, 2), [1, 2, 3, 4]))
        let leaf = tape.leaf(tape.arena.tensor(Shape(2, 2), [5, 6, 7, 8]))
        let untouched = tape.leaf(tape.arena.tensor(Shape(2), [0, 0]))
        #expect(!constant.isDifferentiable && leaf.isDifferentiable)
        #expect(tape.accumulator(for: constant) == nil)
        let joined = tape.concatenateColumns(tape.softmax(constant), tape.add(constant, leaf))
        tape.backward(from: tape.sum(joined))
        #expect(tape.gradient(of: constant) == nil)
        #expect(tape.gradient(of: untouched) == nil)
        #expect(tape.gradient(of: leaf)?.array == [1, 1, 1, 1])
        #expect(constant.value.array == [1, 2, 3, 4])
    }

    @Test func aLossOfManyElementsIsSummed() {
        let tape = Tape(arena: Arena(), isRecording: true)
        let x = tape.leaf(tape.arena.tensor(Shape(3), [1, 2, 3]))
        tape.backward(from: tape.scale(x, by: 2))
        #expect(tape.gradient(of: x)?.array == [2, 2, 2])
    }

    /// A sum gives the storage of its gradient to one term; the other term and later contributions see none of that.
    @Test func gradientsHandedOverStayApart() {
        let tape = Tape(arena: Arena(), isRecording: true)
        let x = tape.leaf(tape.arena.tensor(Shape(2), [1, 2]))
        let (twice, thrice) = (tape.scale(x, by: 2), tape.scale(x, by: 3))
        let sum = tape.add(twice, thrice)
        let all = tape.add(sum, tape.scale(twice, by: 5))
        let same = tape.add(all, all)
        tape.backward(from: tape.weighted(same, [1, 10]))
        // 2·((2 + 3) + 2·5)·x
        #expect(tape.gradient(of: x)?.array == [30, 300])
        #expect(tape.gradient(of: sum) == nil && tape.gradient(of: all) == nil)
    }

    @Test func gradientsFollowReshapes() {
        let tape = Tape(arena: Arena(), isRecording: true)
        let x = tape.leaf(tape.arena.tensor(Shape(2, 3), [1, 2, 3, 4, 5, 6]))
        let y = tape.add(x.reshaped(Shape(3, 2)), x.reshaped(Shape(6)))
        tape.backward(from: tape.weighted(y, [1, 2, 3, 4, 5, 6]))
        #expect(tape.gradient(of: x)?.array == [2, 4, 6, 8, 10, 12])
        #expect(tape.gradient(of: x)?.shape == Shape(2, 3))
    }

    @Test func aTapeThatDoesNotRecord() {
        let tape = Tape(arena: Arena(), isRecording: false)
        let weight = Parameter(Shape(2, 2), [1, 2, 3, 4])
        let y = tape.linear(tape.leaf(tape.arena.tensor(Shape(1, 2), [1, 1])), weight: weight)
        #expect(y.value.array == [3, 7])
        #expect(!y.isDifferentiable && !tape.isTraining && !weight.hasGradient)
    }

    @Test func aDetachedTapeTrainsButDoesNotRecord() {
        let tape = Tape(arena: Arena(), isRecording: true)
        let detached = tape.detached
        #expect(detached.isTraining && !detached.isRecording)
        #expect(detached.arena === tape.arena)
        let x = tape.leaf(tape.arena.tensor(Shape(2), [1, 2]))
        #expect(!detached.scale(x, by: 2).isDifferentiable)
    }

    /// After a reset the tape starts over: slots do not leak from one step into the next.
    @Test func reset() {
        let tape = Tape(arena: Arena(), isRecording: true)
        for step in 1...5 {
            tape.reset()
            let x = tape.leaf(tape.arena.tensor(Shape(2), [1, 2]))
            #expect(tape.gradient(of: x) == nil)
            tape.backward(from: tape.scale(x, by: Float(step)))
            #expect(tape.gradient(of: x)?.array == [Float(step), Float(step)])
        }
    }
}
