import RealModule
import SeqModel
import Tensors

/// The latents of one categorical while an estimator works on it; K numbers each.
public struct LatentRow<Scalar: Real & BinaryFloatingPoint> {
    /// θ, the logits.
    public let logits: UnsafePointer<Scalar>
    /// π = softmax(θ).
    public let probabilities: UnsafePointer<Scalar>
    /// G, the Gumbel noise of the draw.
    public let noise: UnsafePointer<Scalar>
    /// The category drawn: argmax(θ + G).
    public let drawn: Int
    /// K.
    public let categoryCount: Int
    /// K numbers of working space.
    public let space: UnsafeMutablePointer<Scalar>

    /// softmax((θ + G·[noisy]) / τ) into the working space.
    @inlinable
    @inline(__always)
    public func softmax(noisy: Bool, temperature: Scalar) {
        if !noisy && temperature == 1 {
            space.update(from: probabilities, count: categoryCount)
            return
        }
        var largest = -Scalar.infinity
        for k in 0..<categoryCount {
            space[k] = (logits[k] + (noisy ? noise[k] : 0)) / temperature
            largest = max(largest, space[k])
        }
        var total: Scalar = 0
        for k in 0..<categoryCount {
            space[k] = Scalar.exp(space[k] - largest)
            total += space[k]
        }
        for k in 0..<categoryCount { space[k] /= total }
    }

    /// out += scale · J(p) g, with J(p) g = p ⊙ (g − ⟨p, g⟩) the softmax Jacobian applied to g.
    @inlinable
    @inline(__always)
    public func addJacobian(
        of p: UnsafePointer<Scalar>, times g: UnsafePointer<Scalar>, scale: Scalar,
        to out: UnsafeMutablePointer<Scalar>
    ) {
        SoftmaxJacobian.add(
            of: p, times: g, scale: scale, categoryCount: categoryCount, to: out)
    }
}

/// An estimator that draws one z and sends g = ∂f/∂z back to the logits by a rule of its own.
public protocol PathwiseEstimator: GradientEstimator {
    /// τ.
    var temperature: Ramp { get }

    /// Whether f sees softmax((θ + G)/τ) instead of the one-hot draw.
    static var isRelaxed: Bool { get }

    /// Adds the estimate of ∂f/∂θ to `out`, K numbers, given g = ∂f/∂z.
    func addGradient<Scalar: Real & BinaryFloatingPoint>(
        of row: LatentRow<Scalar>, g: UnsafePointer<Scalar>, temperature: Scalar,
        to out: UnsafeMutablePointer<Scalar>)
}

extension PathwiseEstimator {
    /// Draws z, evaluates f once, and records the rule as z's pullback.
    public func expectation(
        of f: LatentFunction, under posterior: CategoricalGrid, at step: Int,
        using random: RandomStream, on tape: Tape
    ) -> Variable {
        let temperature = temperature.value(at: step)
        let noise = posterior.gumbel(using: random, on: tape)
        let codes = posterior.codes(noise: noise)
        let categories = posterior.categoryCount
        let space = tape.arena.tensor(Shape(categories))
        func row(_ index: Int) -> LatentRow<Float> {
            let start = index * categories
            return LatentRow(
                logits: posterior.logits.value.pointer + start,
                probabilities: posterior.probabilities.pointer + start,
                noise: noise.pointer + start, drawn: Int(codes.values[index]),
                categoryCount: categories, space: space.pointer)
        }
        let z: Tensor
        if Self.isRelaxed {
            z = tape.arena.tensor(posterior.logits.shape)
            for index in codes.values.indices {
                row(index).softmax(noisy: true, temperature: temperature)
                (z.pointer + index * categories).update(from: space.pointer, count: categories)
            }
        } else {
            z = codes.oneHot(in: tape.arena)
        }
        let latents = tape.record(z) { [unowned tape] g in
            let gradient = tape.arena.zeros(posterior.logits.shape)
            for index in codes.values.indices {
                addGradient(
                    of: row(index), g: g.pointer + index * categories, temperature: temperature,
                    to: gradient.pointer + index * categories)
            }
            tape.accumulate(gradient, into: posterior.logits)
        }
        return f(latents, tape)
    }

    /// A temperature must be positive and finite all the way.
    public func problems(latentCount: Int, categoryCount: Int) -> [String] {
        Check.range("temperature.start", temperature.start, 0.01...100)
            + Check.range("temperature.end", temperature.end, 0.01...100)
            + Check.range("temperature.steps", temperature.steps, 0...100_000_000)
    }
}
