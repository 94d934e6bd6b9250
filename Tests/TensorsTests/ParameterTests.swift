import Tensors
import TestSupport
import Testing

@Suite struct ParameterTests {
    @Test func transposeIsRenewed() {
        let parameter = Parameter(Shape(2, 3), [1, 2, 3, 4, 5, 6])
        #expect(parameter.transposed.array == [1, 4, 2, 5, 3, 6])
        #expect(parameter.transposed.shape == Shape(3, 2))
        parameter.value[1] = 20
        parameter.valueDidChange()
        #expect(parameter.transposed.array == [1, 4, 20, 5, 3, 6])
    }

    @Test func startsAtZeroWithoutGradient() {
        let parameter = Parameter(name: "a.b", shape: Shape(3, 2))
        #expect(parameter.name == "a.b" && parameter.shape == Shape(3, 2))
        #expect(parameter.value.array == [0, 0, 0, 0, 0, 0] && !parameter.hasGradient)
        #expect(!parameter.accumulator().accumulate && parameter.hasGradient)
        #expect(parameter.accumulator().accumulate)
    }

    @Test func namesArePaths() throws {
        let store = ParameterStore(.seed(1))
        let layer = store.root.scope("decoder").scope(0)
        _ = try store.root.parameter("top", Shape(1), .constant(0))
        _ = try layer.parameter("weight", Shape(2, 3), .constant(0))
        _ = try layer.scope("gru").parameter("bias", Shape(4), .constant(0))
        #expect(
            store.parameters.map(\.name) == ["top", "decoder.0.weight", "decoder.0.gru.bias"])
        #expect(store.elementCount == 11)
    }

    @Test func initialValues() throws {
        let store = ParameterStore(.seed(5))
        let count = 200_000
        let constant = try store.root.parameter("c", Shape(10), .constant(2.5))
        let uniform = try store.root.parameter("u", Shape(count), .uniform(bound: 0.25))
        let normal = try store.root.parameter("n", Shape(count), .normal(standardDeviation: 3))
        #expect(constant.value.array.allSatisfy { $0 == 2.5 })
        #expect(uniform.value.array.allSatisfy { abs($0) < 0.25 })
        // Variance of the uniform: bound²/3.
        #expect(abs(uniform.value.sum() / Double(count)) < 0.002)
        #expect(abs(uniform.value.sumOfSquares() / Double(count) - 0.0625 / 3) < 2e-4)
        #expect(abs(normal.value.sum() / Double(count)) < 0.035)
        #expect(abs(normal.value.sumOfSquares() / Double(count) - 9) < 0.15)
    }

    /// A value is a function of seed and name: neither order nor neighbours enter.
    @Test func valuesDependOnSeedAndNameAlone() throws {
        func values(_ seed: UInt64, _ names: [String], of wanted: String) throws -> [Float] {
            let store = ParameterStore(.seed(seed))
            for name in names {
                _ = try store.root.parameter(name, Shape(50), .normal(standardDeviation: 1))
            }
            return store.parameters.first { $0.name == wanted }?.value.array ?? []
        }
        let base = try values(1, ["a", "b"], of: "b")
        #expect(base.count == 50)
        #expect(try values(1, ["b"], of: "b") == base)
        #expect(try values(1, ["c", "b", "a"], of: "b") == base)
        #expect(try values(2, ["a", "b"], of: "b") != base)
        #expect(try values(1, ["a", "b"], of: "a") != base)
    }

    private struct Missing: Error, Equatable { let name: String }

    @Test func readsValuesByName() throws {
        let numbers: [Float] = [1, 2, 3, 4]
        try numbers.withUnsafeBufferPointer { buffer in
            let store = ParameterStore(
                .values { name, shape in
                    guard name == "layer.weight" else { throw Missing(name: name) }
                    #expect(shape == Shape(2, 2))
                    return buffer
                })
            let scope = store.root.scope("layer")
            let weight = try scope.parameter("weight", Shape(2, 2), .constant(9))
            #expect(weight.value.array == numbers)
            #expect(weight.transposed.array == [1, 3, 2, 4])
            #expect(throws: Missing(name: "layer.bias")) {
                try scope.parameter("bias", Shape(2), .constant(0))
            }
            // What could not be read is not part of the model.
            #expect(store.parameters.count == 1)
        }
    }
}
