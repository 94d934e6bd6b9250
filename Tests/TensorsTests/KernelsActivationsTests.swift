import CKernels
import Testing

import func Foundation.exp
import func Foundation.log

@Suite struct KernelsActivationsTests {
    struct Activation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let forward: @Sendable (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int64) -> Void
        let backward:
            @Sendable (
                UnsafeMutablePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, Int64,
                Int32
            ) -> Void
        let function: @Sendable (Double) -> Double
        let slope: @Sendable (Double) -> Double
        let savesInput: Bool
    }

    static let activations = [
        Activation(
            testDescription: "tanh", forward: { ck_tanh($0, $1, $2) },
            backward: { ck_tanh_backward($0, $1, $2, $3, $4) },
            function: { ck_reference_tanh($0) }, slope: { ck_reference_tanh_slope($0) },
            savesInput: false),
        Activation(
            testDescription: "sigmoid", forward: { ck_sigmoid($0, $1, $2) },
            backward: { ck_sigmoid_backward($0, $1, $2, $3, $4) },
            function: { ck_reference_sigmoid($0) }, slope: { ck_reference_sigmoid_slope($0) },
            savesInput: false),
        Activation(
            testDescription: "relu", forward: { ck_relu($0, $1, $2) },
            backward: { ck_relu_backward($0, $1, $2, $3, $4) },
            function: { ck_reference_relu($0) }, slope: { ck_reference_relu_slope($0) },
            savesInput: false),
        Activation(
            testDescription: "gelu", forward: { ck_gelu($0, $1, $2) },
            backward: { ck_gelu_backward($0, $1, $2, $3, $4) },
            function: { ck_reference_gelu($0) }, slope: { ck_reference_gelu_slope($0) },
            savesInput: true),
    ]

    static let extremes: [Float] = [
        0, -0.0, 80, -80, 1e4, -1e4, denormal, -denormal, 3e38, -3e38, 1e-20, -1e-20, 20, -20,
        .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude,
    ]

    @Test(arguments: activations, awkwardSizes)
    func matchesReference(activation: Activation, n: Int) {
        let x = values(n, seed: 1, scale: 6)
        var y = [Float](repeating: .nan, count: n)
        activation.forward(&y, x, Int64(n))
        #expect(distance(y, doubles(x).map(activation.function)) < 1e-6)

        let dy = values(n, seed: 2)
        let expected = zip(doubles(x), doubles(dy)).map { activation.slope($0) * $1 }
        let start = values(n, seed: 3)
        var dx = start
        activation.backward(&dx, activation.savesInput ? x : y, dy, Int64(n), 0)
        #expect(distance(dx, expected) < 1e-6)
        dx = start
        activation.backward(&dx, activation.savesInput ? x : y, dy, Int64(n), 1)
        #expect(distance(dx, zip(doubles(start), expected).map { $0 + $1 }) < 1e-6)
    }

    @Test(arguments: activations) func slopeIsTheDerivative(activation: Activation) {
        for x in doubles(values(200, seed: 4, scale: 4)) where abs(x) > 1e-3 {
            let difference = centralDifferences([x]) { activation.function($0[0]) }
            #expect(abs(difference[0] - activation.slope(x)) < 1e-8)
        }
    }

    @Test(arguments: activations) func extremesStayFinite(activation: Activation) {
        let x = Self.extremes
        let n = Int64(x.count)
        var y = [Float](repeating: .nan, count: x.count)
        activation.forward(&y, x, n)
        #expect(distance(y, doubles(x).map(activation.function)) < 1e-6)
        var dx = y
        let ones = [Float](repeating: 1, count: x.count)
        activation.backward(&dx, activation.savesInput ? x : y, ones, n, 0)
        #expect(distance(dx, doubles(x).map(activation.slope)) < 1e-6)
    }

    @Test(arguments: activations) func nanPropagates(activation: Activation) {
        var y: [Float] = [0, .nan, 1]
        ck_fill(&y, .nan, 1)
        let x = y
        activation.forward(&y, x, 3)
        #expect(y.map(\.isNaN) == [true, true, false])
    }

    @Test func exponentialIsWithinTwoUnits() {
        let x = (0..<200_000).map { Float($0) * 0.00087 - 87 }
        var y = x
        ck_exp(&y, x, Int64(x.count))
        let worst = zip(x, y).map { x, y in
            abs(Double(y) - exp(Double(x))) / Double(Float(exp(Double(x))).ulp)
        }.max()
        #expect((worst ?? .infinity) <= 2)
    }

    @Test func exponentialAtTheEnds() {
        let x: [Float] = [.infinity, -.infinity, 89, -110, 1e4, -1e4, -95, 0, .nan]
        var y = x
        ck_exp(&y, x, Int64(x.count))
        #expect(y[0] == .infinity && y[1] == 0 && y[2] == .infinity && y[3] == 0)
        #expect(y[4] == .infinity && y[5] == 0 && y[7] == 1 && y[8].isNaN)
        #expect(abs(Double(y[6]) - exp(-95)) < 1e-44)
    }

    @Test func logarithm() {
        let x =
            (1..<100_000).map { Float($0) * 0.0003 } + [
                denormal, .leastNonzeroMagnitude, 3e38, 1.5e-38,
            ]
        var y = x
        ck_log(&y, x, Int64(x.count))
        let worst = zip(x, y).map { x, y in
            abs(Double(y) - log(Double(x))) / max(1, abs(log(Double(x))))
        }.max()
        #expect((worst ?? .infinity) <= 3e-7)
        var ends: [Float] = [0, -1, .infinity, .nan, 1]
        let input = ends
        ck_log(&ends, input, 5)
        #expect(ends[0] == -.infinity && ends[1].isNaN && ends[2] == .infinity)
        #expect(ends[3].isNaN && ends[4] == 0)
    }

    @Test func sigmoidAndTanhAreAccurate() {
        let x = (0..<200_000).map { Float($0) * 0.0002 - 20 }
        var y = x
        ck_sigmoid(&y, x, Int64(x.count))
        let sigmoid = zip(x, y).map { abs(Double($1) / ck_reference_sigmoid(Double($0)) - 1) }.max()
        #expect((sigmoid ?? .infinity) <= 3e-7)
        ck_tanh(&y, x, Int64(x.count))
        let tanh = zip(x, y).map { abs(Double($1) - ck_reference_tanh(Double($0))) }.max()
        #expect((tanh ?? .infinity) <= 3e-7)
    }
}
