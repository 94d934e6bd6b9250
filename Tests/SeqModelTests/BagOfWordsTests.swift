import Foundation
import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

@Suite struct BagOfWordsTests {
    /// Σ_t log softmax(W c + b)[x_t] in double precision, and its slope by central differences.
    @Test func valueAndGradient() throws {
        let store = ParameterStore(.seed(4))
        let bag = try BagOfWords(
            conditionSize: 3, vocabularySize: 5, eos: 1, in: store.root.scope("bag"))
        let (weight, bias) = (
            store.parameters[0].value.array.map(Double.init),
            store.parameters[1].value.array.map(Double.init)
        )
        // In packed order the longer sequence comes first; the end mark does not count.
        let sequences: [[Int32]] = [[2, 4, 2], [3]]
        let batch = TokenBatch(sequences, bos: 0, eos: 1)
        func naive(_ c: [Double]) -> [Double] {
            (0..<2).map { row in
                let logits = (0..<5).map { v in
                    bias[v] + (0..<3).reduce(0) { $0 + weight[v * 3 + $1] * c[row * 3 + $1] }
                }
                let norm = log(logits.reduce(0) { $0 + exp($1) })
                return sequences[row].reduce(0) { $0 + logits[Int($1)] - norm }
            }
        }
        expectGradients(of: { naive($0[0]) }, at: [sampleValues(6, seed: 1)]) { upstream in
            let tape = Tape(arena: Arena(), isRecording: true)
            let value = tape.arena.tensor(Shape(2, 3))
            for (index, x) in sampleValues(6, seed: 1).enumerated() {
                value.pointer[index] = Float(x)
            }
            let condition = tape.leaf(value)
            let result = bag(condition, batch: batch, on: tape)
            let loss = tape.arena.tensor(Shape())
            loss[0] = 0
            let total = tape.record(loss) { [unowned tape] _ in
                let dy = tape.arena.tensor(Shape(2))
                for index in 0..<2 { dy.pointer[index] = upstream[index] }
                tape.accumulate(dy, into: result)
            }
            tape.backward(from: total)
            return (result.value.array, [tape.gradient(of: condition)?.array])
        }
        #expect(store.parameters.map(\.name) == ["bag.weight", "bag.bias"])
        #expect(store.parameters.allSatisfy { $0.hasGradient })
    }
}
