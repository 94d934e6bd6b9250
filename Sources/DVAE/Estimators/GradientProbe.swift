import RealModule
import Tensors

/// Bias and noise of estimators against the exact gradient, on a model's own log-likelihood.
///
/// Some latents are looked at, the others stay at a draw, so that the exact gradient of E_q[f] by the logits looked at is a
/// sum over K^d codes. Gradients of the examples of a batch count as one long vector.
public final class GradientProbe {
    /// What was found about an estimator.
    public struct Finding: Codable, Sendable, Equatable {
        /// Its name in configurations.
        public var estimator: String
        /// |mean − exact| / |exact|.
        public var bias: Double
        /// What ``bias`` would be for an estimator without any, from the noise left in the mean: deviation / √draws.
        public var biasNoise: Double
        /// √ of the summed variances of a draw, over |exact|.
        public var deviation: Double
        /// Of the angle between mean and exact gradient.
        public var cosine: Double
        /// Evaluations of f a draw.
        public var evaluations: Double
        /// Seconds a draw.
        public var seconds: Double
    }

    /// B.
    public let batchSize: Int
    /// The latents looked at.
    public let latents: [Int]
    /// K.
    public let categoryCount: Int
    /// ∂ Σ_b E_q[f_b] / ∂logits of the latents looked at, `[B, d, K]`.
    public private(set) var exact: [Double] = []

    private let logits: [Float]
    private let held: Codes
    private let likelihood: LatentFunction
    private let tape = Tape(arena: Arena(), isRecording: true, isTraining: false)

    /// A probe of f under a posterior, whose numbers are copied.
    ///
    /// - Parameters:
    ///   - latents: which are looked at; K to their number evaluations of `likelihood` are made at once.
    ///   - held: where the other latents stay, a row an example.
    ///   - likelihood: log p(x | z) per example.
    public init(
        _ posterior: CategoricalGrid, latents: [Int], held: Codes,
        likelihood: @escaping LatentFunction
    ) {
        precondition(
            !latents.isEmpty && latents.allSatisfy { 0..<posterior.latentCount ~= $0 },
            "latents of another grid")
        (batchSize, categoryCount) = (posterior.batchSize, posterior.categoryCount)
        (self.latents, self.held, self.likelihood) = (latents, held, likelihood)
        var rows: [Float] = []
        for example in 0..<posterior.batchSize {
            for latent in latents {
                let start = (example * posterior.latentCount + latent) * categoryCount
                rows += (0..<categoryCount).map { posterior.logits.value.pointer[start + $0] }
            }
        }
        logits = rows
        exact = exactGradient()
    }

    /// Measures an estimator over independent draws.
    ///
    /// Temperatures are those at the end of their ramps. What `likelihood` depends on besides the latents gathers its
    /// gradients, which mean nothing afterwards.
    public func measure(
        _ estimator: any GradientEstimator, draws: Int, using random: RandomStream
    ) throws -> Finding {
        let memory = try (estimator as? any RememberingEstimator)?.makeMemory(
            latentCount: latents.count, categoryCount: categoryCount,
            in: ParameterStore(.seed(0)).root)
        var (sum, squares) = (exact.map { _ in 0.0 }, exact.map { _ in 0.0 })
        var evaluations = 0
        let start = ContinuousClock.now
        for draw in 0..<draws {
            tape.reset()
            let posterior = posterior(on: tape)
            let f: LatentFunction = { latents, tape in
                evaluations += 1
                return self.value(latents, tape)
            }
            let stream = random.stream(draw)
            let estimate =
                (estimator as? any RememberingEstimator)?.expectation(
                    of: f, under: posterior, at: .max, using: stream, on: tape,
                    remembering: memory)
                ?? estimator.expectation(
                    of: f, under: posterior, at: .max, using: stream, on: tape)
            tape.backward(from: estimate)
            guard let gradient = tape.gradient(of: posterior.logits) else { continue }
            for cell in sum.indices {
                let value = Double(gradient.pointer[cell])
                sum[cell] += value
                squares[cell] += value * value
            }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let count = Double(max(1, draws))
        return finding(
            Swift.type(of: estimator).type, mean: sum.map { $0 / count }, squares: squares,
            draws: draws, evaluations: Double(evaluations) / count, seconds: seconds / count)
    }

    private func finding(
        _ name: String, mean: [Double], squares: [Double], draws: Int, evaluations: Double,
        seconds: Double
    ) -> Finding {
        func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let count = Double(draws)
        let variance = zip(mean, squares).reduce(0.0) {
            $0 + max(0, $1.1 - count * $1.0 * $1.0) / max(1, count - 1)
        }
        let (exactNorm, meanNorm) = (norm(exact), norm(mean))
        let product = zip(mean, exact).reduce(0.0) { $0 + $1.0 * $1.1 }
        let deviation = variance.squareRoot() / exactNorm
        return Finding(
            estimator: name, bias: norm(zip(mean, exact).map { $0 - $1 }) / exactNorm,
            biasNoise: deviation / count.squareRoot(), deviation: deviation,
            cosine: product / (exactNorm * meanNorm), evaluations: evaluations, seconds: seconds)
    }

    /// π_dk (E[f | z_d = k] − E[f]) of every example, by enumeration.
    private func exactGradient() -> [Double] {
        let (d, k) = (latents.count, categoryCount)
        let quiet = Tape(arena: Arena(), isRecording: false)
        let posterior = posterior(on: quiet)
        let (logs, probabilities) = (
            posterior.logProbabilities.array.map(Double.init),
            posterior.probabilities.array.map(Double.init)
        )
        var joint = [Double](repeating: 0, count: logits.count)
        var total = [Double](repeating: 0, count: batchSize)
        // What f has in common cancels before it is summed.
        var common: [Double] = []
        for assignment in ExactEnumeration.assignments(latentCount: d, categoryCount: k) {
            quiet.reset()
            var codes = Codes(latentCount: d, categoryCount: k, rowCount: 0)
            for _ in 0..<batchSize { codes.values += assignment }
            let f = value(Variable(constant: codes.oneHot(in: quiet.arena)), quiet).value.array
            if common.isEmpty { common = f.map(Double.init) }
            for example in 0..<batchSize {
                let base = example * d * k
                let places = assignment.enumerated().map { base + $0.offset * k + Int($0.element) }
                let q = Double.exp(places.reduce(0) { $0 + logs[$1] })
                let term = q * (Double(f[example]) - common[example])
                total[example] += term
                for place in places { joint[place] += term }
            }
        }
        return joint.indices.map { joint[$0] - probabilities[$0] * total[$0 / (d * k)] }
    }

    private func posterior(on tape: Tape) -> CategoricalGrid {
        let tensor = tape.arena.tensor(Shape(batchSize, latents.count, categoryCount))
        tensor.pointer.update(from: logits, count: logits.count)
        return CategoricalGrid(logits: tape.leaf(tensor), on: tape)
    }

    /// f of the latents looked at, the others held.
    private func value(_ chosen: Variable, _ tape: Tape) -> Variable {
        let (d, k, all) = (latents.count, categoryCount, held.latentCount)
        let whole = held.oneHot(in: tape.arena)
        func forEachRow(_ body: (_ part: Int, _ whole: Int) -> Void) {
            for example in 0..<batchSize {
                for (index, latent) in latents.enumerated() {
                    body((example * d + index) * k, (example * all + latent) * k)
                }
            }
        }
        forEachRow { (whole.pointer + $1).update(from: chosen.value.pointer + $0, count: k) }
        let placed = tape.record(whole) { [unowned tape] g in
            let gradient = tape.arena.tensor(chosen.shape)
            forEachRow { (gradient.pointer + $0).update(from: g.pointer + $1, count: k) }
            tape.accumulate(gradient, into: chosen)
        }
        return likelihood(placed, tape)
    }
}
