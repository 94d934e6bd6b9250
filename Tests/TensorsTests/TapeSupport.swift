import Tensors
import TestSupport
import Testing

extension Arena {
    /// A tensor with these values.
    func tensor(_ shape: Shape, _ values: [Double]) -> Tensor {
        let result = tensor(shape)
        precondition(values.count == result.count)
        for index in values.indices { result[index] = Float(values[index]) }
        return result
    }
}

extension Parameter {
    /// A parameter with these values.
    convenience init(_ shape: Shape, _ values: [Double], name: String = "parameter") {
        self.init(name: name, shape: shape)
        for index in values.indices { value[index] = Float(values[index]) }
        valueDidChange()
    }
}

extension Tape {
    /// Σ wᵢ yᵢ: gives y an upstream gradient of our choice.
    func weighted(_ y: Variable, _ weights: [Float]) -> Variable {
        let total = arena.tensor(Shape())
        total[0] = zip(y.value.array, weights).reduce(0) { $0 + $1.0 * $1.1 }
        return record(total) { [unowned self] gradient in
            let w = arena.tensor(y.shape)
            for index in weights.indices { w[index] = weights[index] }
            accumulate(w, into: y, scale: gradient[0])
        }
    }

    /// The gradient of a leaf, zeros when none reached it.
    func gradientArray(_ variable: Variable) -> [Float] {
        gradient(of: variable)?.array ?? [Float](repeating: 0, count: variable.value.count)
    }
}

/// Checks an operation of leaves and parameters against its naive form, which reads the leaves first.
func expectGradients(
    _ what: String = "", leaves: [(Shape, [Double])], parameters: [(Shape, [Double])] = [],
    relative: Double = 1e-5, naive: ([[Double]]) -> [Double],
    operation: (Tape, [Variable], [Parameter]) -> Variable
) {
    TestSupport.expectGradients(
        of: naive, at: (leaves + parameters).map(\.1), relative: relative, what
    ) { upstream in
        let tape = Tape(arena: Arena(), isRecording: true)
        let variables = leaves.map { tape.leaf(tape.arena.tensor($0.0, $0.1)) }
        let learned = parameters.map { Parameter($0.0, $0.1) }
        let y = operation(tape, variables, learned)
        tape.backward(from: tape.weighted(y, upstream))
        return (
            y.value.array,
            variables.map { tape.gradientArray($0) }
                + learned.map { $0.hasGradient ? $0.gradient.array : nil }
        )
    }
}
