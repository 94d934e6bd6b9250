@testable import DVAE
import Foundation
import Tensors
import Testing

/// A number and its derivative: x + x′ε with ε² = 0.
private struct Dual {
    var value: Double
    var slope = 0.0

    static func + (a: Dual, b: Dual) -> Dual {
        Dual(value: a.value + b.value, slope: a.slope + b.slope)
    }
    static func - (a: Dual, b: Dual) -> Dual {
        Dual(value: a.value - b.value, slope: a.slope - b.slope)
    }
    static func * (a: Dual, b: Dual) -> Dual {
        Dual(value: a.value * b.value, slope: a.slope * b.value + a.value * b.slope)
    }
    static func / (a: Dual, b: Dual) -> Dual {
        let value = a.value / b.value
        return Dual(value: value, slope: (a.slope - value * b.slope) / b.value)
    }
    /// The value as a constant: "stop gradient".
    var stopped: Dual { Dual(value: value) }
    static func exp(_ x: Dual) -> Dual {
        Dual(value: Foundation.exp(x.value), slope: Foundation.exp(x.value) * x.slope)
    }
    static func softmax(_ x: [Dual]) -> [Dual] {
        let weights = x.map(exp)
        let total = weights.reduce(Dual(value: 0), +)
        return weights.map { $0 / total }
    }
}

@Suite struct RowRuleTests {
    /// One latent with a draw and a slope of f.
    private struct Case {
        let logits, noise, g: [Double]
        let drawn: Int

        init(_ categories: Int, _ latent: Int) {
            logits = normals(categories, "logits", seed: UInt64(latent))
            noise = gumbels(categories, "noise", seed: UInt64(latent))
            g = normals(categories, "g", seed: UInt64(latent))
            let perturbed = added(logits, noise)
            drawn = perturbed.firstIndex(of: perturbed.max() ?? 0) ?? 0
        }
    }

    /// ∂⟨g, z + (2p₁ − π/2) − stop(2p₁ − π/2)⟩/∂θ with p₁ = softmax(θ + stop(log π_z − θ)), by dual numbers: how other
    /// libraries write ReinMax.
    private func surrogate(_ row: Case) -> [Double] {
        row.logits.indices.map { i in
            let theta = row.logits.enumerated().map {
                Dual(value: $0.element, slope: $0.offset == i ? 1 : 0)
            }
            let pi = Dual.softmax(theta)
            let shifted = theta.indices.map { k in
                let mixed = (pi[k].value + (k == row.drawn ? 1 : 0)) / 2
                return theta[k] + (Dual(value: log(mixed)) - theta[k]).stopped
            }
            let p1 = Dual.softmax(shifted)
            return theta.indices.reduce(0) { sum, k in
                let out = Dual(value: 2) * p1[k] - pi[k] / Dual(value: 2)
                return sum + row.g[k] * out.slope
            }
        }
    }

    /// ½ [π g − π g_z + z (g_z − ⟨π, g⟩)].
    private func closedForm(_ row: Case) -> [Double] {
        let pi = softmax(row.logits)
        let (mean, drawn) = (dot(pi, row.g), row.g[row.drawn])
        return row.logits.indices.map { k in
            0.5 * (pi[k] * (row.g[k] - drawn) + (k == row.drawn ? drawn - mean : 0))
        }
    }

    /// ZGR: half straight-through, half the score function with the first-order baseline.
    private func zgr(_ row: Case) -> [Double] {
        let pi = softmax(row.logits)
        let mean = dot(pi, row.g)
        return row.logits.indices.map { k in
            let straightThrough = pi[k] * (row.g[k] - mean)
            let score = (k == row.drawn ? 1 : 0) - pi[k]
            return 0.5 * straightThrough + 0.5 * (row.g[row.drawn] - mean) * score
        }
    }

    @Test(arguments: [2, 5, 64], [1, 4])
    func reinMaxHasFourEqualForms(categories: Int, latents: Int) {
        for latent in 0..<latents {
            let row = Case(categories, latent)
            let heun = rowGradient(
                ReinMax(), logits: row.logits, drawn: row.drawn, g: row.g, temperature: 1)
            #expect(norm(heun) > 1e-3)
            #expect(distance(heun, surrogate(row)) <= 1e-12)
            #expect(distance(heun, closedForm(row)) <= 1e-12)
            #expect(distance(heun, zgr(row)) <= 1e-12)
            let short = rowGradient(
                Zgr(), logits: row.logits, drawn: row.drawn, g: row.g, temperature: 1)
            #expect(distance(heun, short) <= 1e-12)
            let single = rowGradient(
                ReinMax(), logits: row.logits.map(Float.init),
                probabilities: softmax(row.logits).map(Float.init),
                noise: row.noise.map(Float.init), drawn: row.drawn, g: row.g.map(Float.init),
                temperature: 1, start: [Float](repeating: 0, count: categories))
            #expect(relativeError(doubles(single), heun) <= 1e-6)
        }
    }

    @Test(arguments: try Variant.pathwise(), [2, 5, 64])
    func rowsSumToZeroAndIgnoreShifts(variant: Variant, categories: Int) throws {
        let estimator = try #require(variant.estimator as? any PathwiseEstimator)
        let temperature = Double(estimator.temperature.end)
        for seed in 0..<10 {
            let row = Case(categories, seed)
            func gradient(logits: Double = 0, g: Double = 0) -> [Double] {
                rowGradient(
                    estimator, logits: row.logits.map { $0 + logits }, noise: row.noise,
                    drawn: row.drawn, g: row.g.map { $0 + g }, temperature: temperature)
            }
            let base = gradient()
            #expect(norm(base) > 0)
            let tolerance = 1e-12 * max(1, norm(row.g)) / min(1, temperature)
            #expect(abs(base.reduce(0, +)) <= tolerance)
            #expect(distance(base, gradient(logits: 7.25)) <= 10 * tolerance)
            #expect(distance(base, gradient(g: -31.5)) <= 100 * tolerance)
        }
    }

    @Test(arguments: try Variant.pathwise())
    func rulesAddToWhatIsThere(variant: Variant) throws {
        let estimator = try #require(variant.estimator as? any PathwiseEstimator)
        let row = Case(5, 3)
        func gradient(start: [Double]) -> [Double] {
            rowGradient(
                estimator, logits: row.logits, noise: row.noise, drawn: row.drawn, g: row.g,
                temperature: 1.5, start: start)
        }
        let start = [1.0, 2, 3, 4, 5]
        let fresh = gradient(start: [0, 0, 0, 0, 0])
        #expect(distance(gradient(start: start), added(start, fresh)) <= 1e-14)
    }

    @Test(arguments: [0.3, 1, 2.5])
    func straightThroughIsTheSlopeOfTheSoftmax(temperature: Double) {
        let row = Case(6, 1)
        let rule = rowGradient(
            StraightThrough(), logits: row.logits, drawn: row.drawn, g: row.g,
            temperature: temperature)
        let slope = centralDifferences(row.logits) {
            dot(row.g, softmax($0, temperature: temperature))
        }
        #expect(relativeError(rule, slope) <= 1e-8)
    }

    @Test(arguments: [0.3, 1, 2.5])
    func straightThroughGumbelIsTheSlopeOfTheRelaxedSample(temperature: Double) {
        let row = Case(6, 2)
        let rule = rowGradient(
            StraightThroughGumbel(), logits: row.logits, noise: row.noise, drawn: row.drawn,
            g: row.g, temperature: temperature)
        let slope = centralDifferences(row.logits) {
            dot(row.g, softmax(added($0, row.noise), temperature: temperature))
        }
        #expect(relativeError(rule, slope) <= 1e-8)
    }

    @Test(arguments: [0.3, 1, 2.5])
    func gumbelSoftmaxIsTheSlopeOfFAtTheRelaxedSample(temperature: Double) {
        let row = Case(6, 4)
        let f = Polynomial(cells: 6, degree: 3, seed: 9)
        func relaxed(_ logits: [Double]) -> [Double] {
            softmax(added(logits, row.noise), temperature: temperature)
        }
        let rule = rowGradient(
            GumbelSoftmax(), logits: row.logits, noise: row.noise, drawn: row.drawn,
            g: f.gradient(relaxed(row.logits)), temperature: temperature)
        #expect(relativeError(rule, centralDifferences(row.logits) { f(relaxed($0)) }) <= 1e-7)
    }

    /// J(y) g / τ.
    private func pullback(_ y: [Double], _ g: [Double], _ temperature: Double) -> [Double] {
        let mean = dot(y, g)
        return zip(y, g).map { $0 * ($1 - mean) / temperature }
    }

    /// log p + noise given the draw, by the formula of the papers.
    private func conditional(_ p: [Double], _ row: Case) -> [Double] {
        let waits = row.noise.map { exp(-$0) }
        return p.indices.map { k in
            k == row.drawn
                ? -log(waits[k]) : -log(waits[k] / p[k] + waits[row.drawn])
        }
    }

    @Test(arguments: [0.3, 1, 2.5])
    func gumbelRaoIsThePullbackOfTheConditionalSample(temperature: Double) {
        for seed in 1...20 {
            let row = Case(6, seed)
            let pi = softmax(row.logits)
            let y = softmax(conditional(pi, row), temperature: temperature)
            #expect(y.firstIndex(of: y.max() ?? 0) == row.drawn)
            let rule = rowGradient(
                GumbelRao(), logits: row.logits, noise: row.noise, drawn: row.drawn, g: row.g,
                temperature: temperature)
            #expect(distance(rule, pullback(y, row.g, temperature)) <= 1e-12)
        }
    }

    @Test(arguments: [0.3, 1, 2.5])
    func reinMaxRaoIsThePullbackAtTheMeanWithTheDraw(temperature: Double) {
        for seed in 1...20 {
            let row = Case(6, seed)
            let pi = softmax(row.logits)
            let mixed = pi.enumerated().map { ($1 + ($0 == row.drawn ? 1 : 0)) / 2 }
            let y = softmax(conditional(mixed, row), temperature: temperature)
            let wanted = added(
                scaled(pullback(y, row.g, temperature), by: 2),
                scaled(pullback(pi, row.g, 1), by: -0.5))
            let rule = rowGradient(
                ReinMaxRao(), logits: row.logits, noise: row.noise, drawn: row.drawn, g: row.g,
                temperature: temperature)
            #expect(distance(rule, wanted) <= 1e-12)
        }
    }

    @Test(arguments: [0.3, 1, 2.5], [Float(0), 1, 4])
    func gappedStraightThroughMovesTheLogits(temperature: Double, gap: Float) {
        var estimator = GappedStraightThrough()
        estimator.gap = gap
        var moved = 0
        for seed in 1...20 {
            let row = Case(6, seed)
            let largest = row.logits.max() ?? 0
            let shifted = row.logits.enumerated().map {
                $0 == row.drawn ? largest : min($1, largest - Double(gap))
            }
            moved += shifted == row.logits ? 0 : 1
            let rule = rowGradient(
                estimator, logits: row.logits, drawn: row.drawn, g: row.g,
                temperature: temperature)
            let wanted = pullback(
                softmax(shifted, temperature: temperature), row.g, temperature)
            #expect(distance(rule, wanted) <= 1e-12)
        }
        #expect(moved > 0)
    }

    @Test func gappedStraightThroughLeavesALeaderAlone() {
        let row = Case(6, 1)
        var logits = row.logits
        logits[row.drawn] = (logits.max() ?? 0) + 1.5
        func gradient(_ estimator: some PathwiseEstimator) -> [Double] {
            rowGradient(estimator, logits: logits, drawn: row.drawn, g: row.g, temperature: 0.8)
        }
        let plain = gradient(StraightThrough())
        #expect(distance(gradient(GappedStraightThrough()), plain) <= 1e-12)
        var far = GappedStraightThrough()
        far.gap = 90
        #expect(norm(plain) > 0.01)
        #expect(norm(gradient(far)) <= 1e-12)
    }

    @Test func relaxedSamplesHaveTheirLimits() {
        let row = Case(6, 5)
        for (estimator, name) in [
            (StraightThroughGumbel() as any PathwiseEstimator, "straight-through Gumbel"),
            (GumbelSoftmax(), "Gumbel-Softmax"),
        ] {
            // Hot: τ · gradient tends to the Jacobian of the uniform distribution.
            let hot = rowGradient(
                estimator, logits: row.logits, noise: row.noise, drawn: row.drawn, g: row.g,
                temperature: 1e8)
            let mean = row.g.reduce(0, +) / 6
            #expect(
                distance(scaled(hot, by: 1e8), row.g.map { ($0 - mean) / 6 }) <= 1e-7, "\(name)")
            // Cold: the relaxed sample is the one-hot draw, which has no slope.
            let cold = rowGradient(
                estimator, logits: row.logits, noise: row.noise, drawn: row.drawn, g: row.g,
                temperature: 1e-3)
            #expect(norm(cold) <= 1e-9, "\(name)")
        }
    }

    @Test func polynomialsHaveTheSlopesTheyClaim() {
        for degree in 1...3 {
            let f = Polynomial(cells: 6, degree: degree, seed: 2)
            let z = normals(6, "z")
            #expect(relativeError(f.gradient(z), centralDifferences(z) { f($0) }) <= 1e-8)
        }
    }
}
