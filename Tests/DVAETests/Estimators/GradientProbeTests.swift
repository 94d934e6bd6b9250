import Foundation
import Tensors
import Testing

@testable import DVAE

@Suite struct GradientProbeTests {
    private let grid = GridSize(4, 3)
    private let logits = normals(12, "probe logits")

    private func probe(
        _ latents: [Int], degree: Int, held: [Int32] = [2, 0, 1, 1]
    ) -> (GradientProbe, Polynomial) {
        let polynomial = Polynomial(cells: 12, degree: degree, seed: 2)
        let tape = Tape.recording()
        var codes = Codes(latentCount: 4, categoryCount: 3, rowCount: 0)
        codes.values = held + held
        let probe = GradientProbe(
            tape.posterior(logits, grid, batch: 2), latents: latents, held: codes,
            likelihood: polynomial.latentFunction)
        return (probe, polynomial)
    }

    @Test func exactGradientOfAllLatents() {
        let (probe, polynomial) = probe([0, 1, 2, 3], degree: 3)
        let exact = grid.exactGradient(logits) { polynomial(grid.oneHot($0)) }
        #expect(relativeError(probe.exact, exact + exact) < 1e-5)
    }

    /// Latents 1 and 3 with 0 and 2 held is a grid of two latents of its own.
    @Test func exactGradientOfSome() {
        let (probe, polynomial) = probe([1, 3], degree: 3)
        let part = GridSize(2, 3)
        let chosen = Array(logits[3..<6] + logits[9..<12])
        let exact = part.exactGradient(chosen) {
            polynomial(grid.oneHot([2, $0[0], 1, $0[1]]))
        }
        #expect(relativeError(probe.exact, exact + exact) < 1e-5)
    }

    @Test func enumerationHasNeitherBiasNorNoise() throws {
        let (probe, _) = probe([1, 3], degree: 3)
        let found = try probe.measure(
            ExactEnumeration(), draws: 3, using: RandomStream(seed: 1, "probe"))
        #expect(found.bias < 1e-5 && found.deviation < 1e-5)
        #expect(abs(found.cosine - 1) < 1e-6)
        #expect(found.evaluations == 9)
    }

    /// Local expectations on one latent are exact; straight-through on a quadratic is not.
    @Test func biasAndNoiseAreToldApart() throws {
        let random = RandomStream(seed: 1, "probe")
        let (one, _) = probe([2], degree: 3)
        let local = try one.measure(LocalExpectation(), draws: 20, using: random)
        #expect(local.bias < 1e-5 && local.deviation < 1e-4)
        let (probe, _) = probe([0, 1, 2, 3], degree: 2)
        let biased = try probe.measure(StraightThrough(), draws: 2000, using: random)
        #expect(biased.bias > 5 * biased.biasNoise && biased.bias > 0.1)
        let unbiased = try probe.measure(ReinMax(), draws: 2000, using: random)
        #expect(unbiased.bias < 2 * unbiased.biasNoise)
        #expect(unbiased.cosine > biased.cosine)
        var reinforce = Reinforce()
        reinforce.baseline = .movingAverage
        let noisy = try probe.measure(reinforce, draws: 2000, using: random)
        #expect(noisy.bias < 2 * noisy.biasNoise)
        #expect(noisy.deviation > unbiased.deviation)
    }

    /// Deviation against a hand: one binary latent, f = z₁, straight-through gives J(π) g for every draw, so no noise;
    /// REINFORCE gives f (z − π), whose moments are known.
    @Test func deviationByHand() throws {
        let tape = Tape.recording()
        let posterior = CategoricalGrid(
            logits: tape.leaf([0, log(3.0)], Shape(1, 1, 2)), on: tape)
        let probe = GradientProbe(
            posterior, latents: [0],
            held: Codes(latentCount: 1, categoryCount: 2, rowCount: 1)
        ) { latents, tape in
            let y = tape.arena.tensor(Shape(1))
            y[0] = latents.value.pointer[1]
            return tape.record(y) { [unowned tape] dy in
                let g = tape.arena.zeros(latents.shape)
                g.pointer[1] = dy[0]
                tape.accumulate(g, into: latents)
            }
        }
        // π = ¼, ¾: exact gradient ±3/16.
        #expect(distance(probe.exact, [-3.0 / 16, 3.0 / 16]) < 1e-6)
        let random = RandomStream(seed: 1, "probe")
        let straight = try probe.measure(StraightThrough(), draws: 10, using: random)
        #expect(straight.bias < 1e-5 && straight.deviation < 1e-5)
        // (z − π) f is (−¼, ¼) with probability ¾, else 0: each variance ¾·¼/16, so deviation √(3/128) / (√2·3/16).
        let found = try probe.measure(Reinforce(), draws: 20_000, using: random)
        let exact = (3.0 / 128).squareRoot() / (2.0.squareRoot() * 3 / 16)
        #expect(abs(found.deviation - exact) < 0.02 * exact)
    }
}
