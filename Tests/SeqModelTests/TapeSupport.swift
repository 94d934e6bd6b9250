import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

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
    /// The values in double precision.
    var doubles: [Double] { value.array.map { Double($0) } }

    /// Sets the values.
    func set(_ values: [Double]) {
        precondition(values.count == shape.count)
        for index in values.indices { value[index] = Float(values[index]) }
        valueDidChange()
    }

    /// The gradient, zeros when there is none.
    var gradientArray: [Float] {
        hasGradient ? gradient.array : [Float](repeating: 0, count: shape.count)
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

/// Checks a layer against its naive form, whose inputs are the leaves and then the parameters as the layer made them.
func expectGradients(
    _ what: String = "", leaves: [(Shape, [Double])], parameters: [Parameter],
    relative: Double = 1e-5, sourceLocation: SourceLocation = #_sourceLocation,
    naive: ([[Double]]) -> [Double], layer: (Tape, [Variable]) -> Variable
) {
    TestSupport.expectGradients(
        of: naive, at: leaves.map(\.1) + parameters.map(\.doubles), relative: relative, what,
        sourceLocation: sourceLocation
    ) { upstream in
        let tape = Tape(arena: Arena(), isRecording: true)
        let variables = leaves.map { tape.leaf(tape.arena.tensor($0.0, $0.1)) }
        for parameter in parameters { parameter.clearGradient() }
        let y = layer(tape, variables)
        tape.backward(from: tape.weighted(y, upstream))
        return (
            y.value.array,
            variables.map { tape.gradientArray($0) } + parameters.map(\.gradientArray)
        )
    }
}
