import Foundation
import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// Three steps of every rule against the rule written out in double precision.
@Suite struct OptimizerTests {
    private static let start = sampleValues(37, seed: 1)
    private static let gradients = (0..<3).map { sampleValues(37, seed: 10 + UInt64($0), scale: 2) }
    private static let rates: [Float] = [0.1, 0.05, 0.2]
    private static let scale: Float = 0.75

    private func run(_ optimizer: any Optimizer, _ parameter: Parameter, steps: Range<Int>) {
        for step in steps {
            parameter.clearGradient()
            let gradient = parameter.accumulator().tensor
            for (index, value) in Self.gradients[step].enumerated() {
                gradient[index] = Float(value)
            }
            optimizer.update(rate: Self.rates[step], gradientScale: Self.scale)
        }
    }

    private func parameter() -> Parameter {
        let parameter = Parameter(name: "layer.weight", shape: Shape(37))
        parameter.set(Self.start)
        return parameter
    }

    /// Three steps of Adam with L2 and decoupled decay, in double precision.
    private func adam(
        _ beta1: Float, _ beta2: Float, _ epsilon: Float, l2: Float, decoupled: Float
    ) -> [Double] {
        let (beta1, beta2) = (Double(beta1), Double(beta2))
        return Self.start.indices.map { index in
            var (w, m, v) = (Self.start[index], 0.0, 0.0)
            for step in 0..<3 {
                let g = Double(Self.scale) * Self.gradients[step][index] + Double(l2) * w
                m = beta1 * m + (1 - beta1) * g
                v = beta2 * v + (1 - beta2) * g * g
                let mean = m / (1 - pow(beta1, Double(step + 1)))
                let square = v / (1 - pow(beta2, Double(step + 1)))
                w -=
                    Double(Self.rates[step])
                    * (mean / (square.squareRoot() + Double(epsilon)) + Double(decoupled) * w)
            }
            return w
        }
    }

    @Test(arguments: [Float(0), 0.02]) func adam(decay: Float) {
        var config = Adam.Config()
        config.weightDecay = decay
        let parameter = parameter()
        run(config.makeOptimizer([parameter]), parameter, steps: 0..<3)
        expectClose(
            parameter.value.array, adam(0.9, 0.999, 1e-8, l2: decay, decoupled: 0), relative: 1e-6)
    }

    @Test func otherConstants() {
        var config = Adam.Config()
        config.beta1 = 0.5
        config.beta2 = 0.75
        config.epsilon = 0.25
        let parameter = parameter()
        run(config.makeOptimizer([parameter]), parameter, steps: 0..<3)
        expectClose(
            parameter.value.array, adam(0.5, 0.75, 0.25, l2: 0, decoupled: 0), relative: 1e-6)
    }

    @Test(arguments: [Float(0), 0.3]) func adamW(decay: Float) {
        var config = AdamW()
        config.weightDecay = decay
        let parameter = parameter()
        run(config.makeOptimizer([parameter]), parameter, steps: 0..<3)
        expectClose(
            parameter.value.array, adam(0.9, 0.999, 1e-8, l2: 0, decoupled: decay), relative: 1e-6)
    }

    /// The first step of Adam has the length of the rate, whatever the gradient: m̂/√v̂ = ±1.
    @Test func theFirstStepOfAdam() {
        let parameter = parameter()
        run(Adam.Config().makeOptimizer([parameter]), parameter, steps: 0..<1)
        for (index, value) in parameter.value.array.enumerated() {
            let sign: Double = Self.gradients[0][index] > 0 ? 1 : -1
            #expect(abs(Double(value) - (Self.start[index] - 0.1 * sign)) < 1e-6)
        }
    }

    @Test(arguments: [(Float(0), Float(0)), (0.9, 0), (0.9, 0.1)])
    func sgd(momentum: Float, decay: Float) {
        var config = SGD.Config()
        config.momentum = momentum
        config.weightDecay = decay
        let parameter = parameter()
        run(config.makeOptimizer([parameter]), parameter, steps: 0..<3)
        let expected = Self.start.indices.map { index in
            var (w, m) = (Self.start[index], 0.0)
            for step in 0..<3 {
                m =
                    Double(momentum) * m + Double(Self.scale) * Self.gradients[step][index]
                    + Double(decay) * w
                w -= Double(Self.rates[step]) * m
            }
            return w
        }
        expectClose(parameter.value.array, expected, relative: 1e-6)
    }

    static let configs: [any OptimizerConfig] = OptimizerKind.builtIn.entries.map {
        $0.makeDefault()
    }

    /// Saved state and step count continue to the bit.
    @Test(arguments: configs.indices) func resumes(index: Int) {
        let config = Self.configs[index]
        let whole = parameter()
        run(config.makeOptimizer([whole]), whole, steps: 0..<3)
        let part = parameter()
        let first = config.makeOptimizer([part])
        run(first, part, steps: 0..<2)
        let second = config.makeOptimizer([part])
        #expect(first.state.map(\.name) == second.state.map(\.name))
        #expect(first.state.allSatisfy { $0.name.hasSuffix(".layer.weight") })
        for (from, to) in zip(first.state, second.state) { to.tensor.copy(from: from.tensor) }
        second.stepCount = first.stepCount
        run(second, part, steps: 2..<3)
        expectSameBits(part.value.array, whole.value.array)
    }

    @Test(arguments: configs.indices) func onlyGradientsMove(index: Int) {
        let (moving, resting) = (parameter(), parameter())
        let optimizer = Self.configs[index].makeOptimizer([resting, moving])
        _ = moving.transposed
        run(optimizer, moving, steps: 0..<1)
        #expect(resting.value.array == Self.start.map { Float($0) })
        #expect(moving.value.array != resting.value.array)
        // The transpose that products read follows the value.
        #expect(moving.transposed.array == moving.value.array)
        #expect(optimizer.stepCount == 1)
    }

    @Test func gradientNorm() {
        let (a, b, without) = (parameter(), parameter(), parameter())
        a.accumulator().tensor.fill(2)
        b.accumulator().tensor.fill(-1)
        without.gradient.fill(100)
        let norm = GradientNorm(of: [a, without, b])
        let exact = (37.0 * 4 + 37).squareRoot()
        #expect(abs(norm.value - exact) < 1e-9)
        #expect(abs(Double(norm.scale(clippingAt: 1)) - 1 / exact) < 1e-8)
        #expect(norm.scale(clippingAt: 100) == 1)
        #expect(GradientNorm(of: [without]).value == 0)
        #expect(GradientNorm(of: [without]).scale(clippingAt: 1) == 1)
        // The clipped gradient has the norm of the limit.
        let scale = norm.scale(clippingAt: 3)
        for parameter in [a, b] {
            parameter.gradient.assign(scale, times: parameter.gradient)
        }
        #expect(abs(GradientNorm(of: [a, b]).value - 3) < 1e-6)
    }

    @Test func valuesAreChecked() {
        #expect(Self.configs.allSatisfy { $0.problems.isEmpty })
        var adam = Adam.Config()
        adam.beta1 = 1
        adam.beta2 = -0.1
        adam.epsilon = 0
        adam.weightDecay = .nan
        #expect(adam.problems.count == 4)
        var sgd = SGD.Config()
        sgd.momentum = 1
        #expect(sgd.problems == ["momentum: got 1.0, want at least 0 and less than 1"])
    }
}
