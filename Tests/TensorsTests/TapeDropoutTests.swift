import Tensors
import Testing

@Suite struct TapeDropoutTests {
    /// The backward pass keeps what the forward pass kept, when it overwrites and when it adds.
    @Test(arguments: [false, true]) func sameMaskBothWays(usedTwice: Bool) {
        let tape = Tape(arena: Arena(), isRecording: true)
        let count = 10_007
        let x = tape.leaf(tape.arena.tensor(Shape(count), [Double](repeating: 1, count: count)))
        let y = tape.dropout(x, rate: 0.3, using: RandomStream(seed: 5, "dropout", step: 9))
        let loss = usedTwice ? tape.add(tape.scale(x, by: 2), y) : y
        tape.backward(from: loss)
        let extra: Float = usedTwice ? 2 : 0
        let gradient = tape.gradientArray(x)
        #expect(gradient.indices.allSatisfy { gradient[$0] == y.value[$0] + extra })
        let kept = y.value.array.filter { $0 != 0 }
        #expect(kept.allSatisfy { abs($0 - 1 / 0.7) < 1e-6 })
    }

    /// E[y] = x: the mean of 10⁶ elements lies within five standard deviations √(rate/(1 − rate)/n).
    @Test(arguments: [Float(0.05), 0.2, 0.5, 0.9]) func keepsTheExpectation(rate: Float) {
        let count = 1_000_000
        let arena = Arena()
        let x = arena.tensor(Shape(count))
        x.fill(1)
        RandomStream(seed: 1, "dropout").dropout(x, rate: rate, into: x)
        let deviation = (Double(rate) / Double(1 - rate) / Double(count)).squareRoot()
        #expect(abs(x.sum() / Double(count) - 1) < 5 * deviation)
    }

    @Test func offWhenNotTraining() {
        let tape = Tape(arena: Arena(), isRecording: false)
        let random = RandomStream(seed: 1, "dropout")
        let x = tape.leaf(tape.arena.tensor(Shape(3), [1, 2, 3]))
        #expect(tape.dropout(x, rate: 0.9, using: random).value.pointer == x.value.pointer)
        let training = Tape(arena: Arena(), isRecording: true)
        let z = training.leaf(training.arena.tensor(Shape(3), [1, 2, 3]))
        #expect(training.dropout(z, rate: 0, using: random).value.pointer == z.value.pointer)
        // A detached training tape drops as the recording one does.
        let dropped = training.dropout(z, rate: 0.5, using: random).value.array
        #expect(training.detached.dropout(z, rate: 0.5, using: random).value.array == dropped)
    }

    @Test func stepsAndStreamsDrawOtherMasks() {
        func mask(_ random: RandomStream) -> [Float] {
            let arena = Arena()
            let x = arena.tensor(Shape(1000))
            x.fill(1)
            random.dropout(x, rate: 0.5, into: x)
            return x.array
        }
        let base = mask(RandomStream(seed: 1, "a", step: 0))
        #expect(base == mask(RandomStream(seed: 1, "a", step: 0)))
        for other in [
            RandomStream(seed: 1, "a", step: 1), RandomStream(seed: 2, "a", step: 0),
            RandomStream(seed: 1, "b", step: 0), RandomStream(seed: 1, "a").stream(0),
        ] {
            let equal = zip(base, mask(other)).filter { $0 == $1 }.count
            #expect(abs(equal - 500) < 80)
        }
    }
}
