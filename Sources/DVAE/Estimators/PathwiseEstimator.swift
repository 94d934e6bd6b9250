import RealModule
import SeqModel
import Tensors

/// An estimator that draws one z and sends g = ∂f/∂z back to the logits by a rule of its own.
public protocol PathwiseEstimator: GradientEstimator {
    /// τ.
    var temperature: Ramp { get }

    /// Whether f sees softmax((θ + G)/τ) instead of the one-hot draw.
    static var isRelaxed: Bool { get }

    /// How many times the rule is applied and averaged, each time with fresh noise; 0: once, with the noise of the draw.
    var noiseCount: Int { get }

    /// Adds the estimate of ∂f/∂θ to `out`, K numbers, given g = ∂f/∂z.
    func addGradient<Scalar: Real & BinaryFloatingPoint>(
        of row: LatentRow<Scalar>, g: UnsafePointer<Scalar>, temperature: Scalar,
        to out: UnsafeMutablePointer<Scalar>)
}

extension PathwiseEstimator {
    /// The noise of the draw.
    public var noiseCount: Int { 0 }

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
            let repeats = max(1, noiseCount)
            for turn in 0..<repeats {
                if noiseCount > 0 {
                    var fresh = random.stream("noise").stream(turn)
                    fresh.gumbel(into: noise)
                }
                for index in codes.values.indices {
                    addGradient(
                        of: row(index), g: g.pointer + index * categories,
                        temperature: temperature, to: gradient.pointer + index * categories)
                }
            }
            tape.accumulate(gradient, into: posterior.logits, scale: 1 / Float(repeats))
        }
        return f(latents, tape)
    }

    /// A temperature must be positive and finite all the way.
    public func problems(latentCount: Int, categoryCount: Int) -> [String] {
        temperatureProblems(0.01...100)
    }

    /// What is wrong with a temperature that must stay in a range.
    func temperatureProblems(_ range: ClosedRange<Float>) -> [String] {
        temperature.problems("temperature", range)
    }
}
