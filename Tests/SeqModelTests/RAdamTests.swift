import Foundation
import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// Rectified Adam against `torch.optim.RAdam` in double precision, before and after the adaptive step sets in.
@Suite struct RAdamTests {
    /// Parameters after some steps of rate 0.1 from (0.5, −1, 2) with gradients sin(t + i) + i/2 at step t.
    struct Reference: Sendable, CustomTestStringConvertible {
        let weightDecay: Float
        let beta2: Float
        let values: [Int: [Double]]
        var testDescription: String { "λ=\(weightDecay) β₂=\(beta2)" }
    }

    static let references = [
        Reference(
            weightDecay: 0, beta2: 0.999,
            values: [
                1: [0.41585290151921034, -1.1409297426825682, 1.8858879991940132],
                5: [0.2542272199432551, -1.3444905395226416, 1.6436658672831292],
                6: [0.25465421992202164, -1.3458636531947619, 1.6413972071128566],
                20: [0.2514802150872118, -1.395862274124313, 1.5687803089903105],
            ]),
        Reference(
            weightDecay: 0.1, beta2: 0.99,
            values: [
                1: [0.41085290151921033, -1.1309297426825682, 1.8658879991940134],
                5: [0.23378051943422243, -1.2889757004181743, 1.549501777387738],
                6: [0.23477245568586314, -1.2923436610867862, 1.5420663153697096],
                20: [0.21553870812897016, -1.419296685581541, 1.3039129354857586],
            ]),
    ]

    @Test(arguments: references) func equalsTorch(reference: Reference) throws {
        var config = RAdam.Config()
        config.weightDecay = reference.weightDecay
        config.beta2 = reference.beta2
        let parameter = Parameter(name: "weight", shape: Shape(3))
        parameter.set([0.5, -1, 2])
        let optimizer = config.makeOptimizer([parameter])
        var compared = 0
        for step in 1...20 {
            parameter.clearGradient()
            let gradient = parameter.accumulator().tensor
            for index in 0..<3 {
                // Halved there and doubled here, so that the factor of clipping counts.
                gradient[index] = Float(2 * (sin(Double(step + index)) + 0.5 * Double(index)))
            }
            optimizer.update(rate: 0.1, gradientScale: 0.5)
            guard let expected = reference.values[step] else { continue }
            compared += 1
            expectClose(parameter.value.array, expected, relative: 1e-6, "step \(step)")
        }
        #expect(compared == 4)
    }

    @Test func valuesAreChecked() {
        var config = RAdam.Config()
        config.beta2 = 1
        config.epsilon = 0
        #expect(config.problems.count == 2)
    }
}
