import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

@Suite struct CausalConvolutionTests {
    @Test(arguments: [[6, 3, 3, 1], [1, 1], [9]], [(1, 1), (2, 1), (3, 2), (3, 4), (2, 16)])
    func gradients(lengths: [Int], taps: (count: Int, dilation: Int)) throws {
        let (inputs, outputs) = (3, 4)
        let layer = try CausalConvolution(
            inputs, outputs, kernelSize: taps.count, dilation: taps.dilation,
            in: ParameterStore(.seed(2)).root)
        let packing = Packing(lengths: lengths)
        let shape = Shape(packing.tokenCount, inputs)
        func naive(_ x: Rows, _ weight: [Double], _ bias: [Double]) -> Rows {
            x.indices.map { t in
                bias.indices.map { out in
                    (0..<taps.count).reduce(bias[out]) { sum, j in
                        let source = t - (taps.count - 1 - j) * taps.dilation
                        guard source >= 0 else { return sum }
                        return (0..<inputs).reduce(sum) {
                            $0 + weight[(out * inputs + $1) * taps.count + j] * x[source][$1]
                        }
                    }
                }
            }
        }
        expectGradients(
            leaves: [(shape, sampleValues(shape.count, seed: 1))],
            parameters: [layer.weight, layer.bias],
            naive: { input in
                flat(
                    packed(
                        unpacked(rows(input[0], inputs), lengths: lengths).map {
                            naive($0, input[1], input[2])
                        }))
            },
            layer: { tape, x in layer(x[0], packing: packing, on: tape) })
        // Used twice: every contribution is added.
        guard taps.count == 3 else { return }
        expectGradients(
            "twice", leaves: [(shape, sampleValues(shape.count, seed: 1))],
            parameters: [layer.weight, layer.bias],
            naive: { input in
                let y = unpacked(rows(input[0], inputs), lengths: lengths).map {
                    naive($0, input[1], input[2])
                }
                let total = flat(packed(y)).reduce(0, +)
                return [2 * total + input[0].reduce(0, +)]
            },
            layer: { tape, x in
                let first = tape.sum(layer(x[0], packing: packing, on: tape))
                let second = tape.sum(layer(x[0], packing: packing, on: tape))
                return tape.add(tape.add(first, second), tape.sum(x[0]))
            })
    }
}
