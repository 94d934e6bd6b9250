import Tensors
import Testing

@testable import DVAE

/// Extremes: huge logits, one category, long noise streams, settings without meaning.
@Suite struct EstimatorNumericsTests {
    private func run(
        _ estimator: any GradientEstimator, _ grid: GridSize, logits: [Double], batch: Int = 20
    ) throws -> (values: [Float], gradients: [Float]) {
        let tape = Tape.recording()
        let posterior = tape.posterior(logits, grid, batch: batch)
        let f = Polynomial(cells: grid.cells, degree: 2, seed: 1)
        let result = estimator.expectation(
            of: f.latentFunction, under: posterior, at: 0,
            using: RandomStream(seed: 1, "extremes"), on: tape)
        tape.backward(from: result)
        return (result.value.array, try #require(tape.gradient(of: posterior.logits)).array)
    }

    @Test(arguments: try Variant.all())
    func hugeLogits(variant: Variant) throws {
        for logits in [[1e4, -1e4, 0, -1e4, 1e4, 1e4], [-1e4, -1e4, -1e4, 1e4, 1e4, 1e4]] {
            let (values, gradients) = try run(variant.estimator, GridSize(2, 3), logits: logits)
            #expect(values.allSatisfy { $0.isFinite })
            #expect(gradients.allSatisfy { $0.isFinite })
        }
    }

    @Test(arguments: try Variant.all())
    func oneCategory(variant: Variant) throws {
        let (values, gradients) = try run(variant.estimator, GridSize(3, 1), logits: [1, -2, 3])
        let f = Polynomial(cells: 3, degree: 2, seed: 1)
        #expect(values.allSatisfy { abs(Double($0) - f([1, 1, 1])) < 1e-5 })
        #expect(gradients.allSatisfy { abs($0) < 1e-5 })
    }

    @Test func gumbelNoiseIsAlwaysFinite() {
        let arena = Arena()
        let noise = arena.tensor(Shape(1 << 20))
        var random = RandomStream(seed: 1, "noise")
        var drawn = 0
        while drawn < 100_000_000 {
            random.gumbel(into: noise)
            #expect(noise.firstNonFinite == nil)
            drawn += noise.count
        }
    }

    @Test(arguments: try Variant.pathwise().filter { $0.temperature == 1 })
    func temperaturesWithoutMeaningAreProblems(variant: Variant) throws {
        for bad in ["0", "-1", "1e-9", "1e30"] {
            for key in ["start", "end"] {
                var keys = ["start": "1", "end": "1", "steps": "10"]
                keys[key] = bad
                let ramp = ["start", "end", "steps"].map { "\"\($0)\": \(keys[$0] ?? "")" }
                let estimator = try variant.setting(
                    "temperature", to: "{\(ramp.joined(separator: ", "))}")
                let problems = estimator.problems(latentCount: 2, categoryCount: 3)
                #expect(problems.count == 1)
                #expect(problems.first?.hasPrefix("temperature.\(key): got ") == true)
            }
        }
    }

    @Test func reinMaxWantsATemperatureOfAtLeastOne() {
        var estimator = ReinMax()
        estimator.temperature = Ramp(0.99)
        #expect(
            estimator.problems(latentCount: 2, categoryCount: 3) == [
                "temperature.start: got 0.99, want 1.0 … 100.0",
                "temperature.end: got 0.99, want 1.0 … 100.0",
            ])
    }

    @Test func otherSettingsWithoutMeaningAreProblems() {
        var reinforce = Reinforce()
        for bad in [Float.nan, .infinity] {
            reinforce.baseline = .constant(bad)
            #expect(reinforce.problems(latentCount: 1, categoryCount: 2).count == 1)
        }
        var rloo = LeaveOneOut()
        rloo.sampleCount = 1
        #expect(
            rloo.problems(latentCount: 1, categoryCount: 2) == ["sample_count: got 1, want 2 … 64"])
        var vimco = Vimco()
        vimco.sampleCount = 65
        #expect(
            vimco.problems(latentCount: 1, categoryCount: 2) == [
                "sample_count: got 65, want 2 … 64"
            ])
        var (rao, reinMaxRao) = (GumbelRao(), ReinMaxRao())
        rao.noiseCount = 0
        reinMaxRao.noiseCount = 1001
        #expect(
            rao.problems(latentCount: 1, categoryCount: 2) == ["noise_count: got 0, want 1 … 1000"])
        #expect(
            reinMaxRao.problems(latentCount: 1, categoryCount: 2) == [
                "noise_count: got 1001, want 1 … 1000"
            ])
        var gapped = GappedStraightThrough()
        for bad in [Float.nan, .infinity, -1] {
            gapped.gap = bad
            #expect(gapped.problems(latentCount: 1, categoryCount: 2).count == 1)
        }
    }

    @Test func limitsOnTheGridHoldForAnySize() {
        let (exact, local) = (ExactEnumeration(), LocalExpectation())
        #expect(exact.problems(latentCount: 4, categoryCount: 8).isEmpty)
        #expect(exact.problems(latentCount: 12, categoryCount: 2).isEmpty)
        #expect(exact.problems(latentCount: 1_000_000, categoryCount: 1).isEmpty)
        #expect(local.problems(latentCount: 32, categoryCount: 32).isEmpty)
        for (latents, categories) in [(13, 2), (4, 9), (Int.max, 2), (2, .max), (.max, .max)] {
            #expect(exact.problems(latentCount: latents, categoryCount: categories).count == 1)
        }
        for (latents, categories) in [(33, 32), (Int.max, 2), (2, .max), (.max, .max)] {
            #expect(local.problems(latentCount: latents, categoryCount: categories).count == 1)
        }
        for limit in [0, -1, .max] {
            var (exact, local) = (exact, local)
            exact.maximumCodes = limit
            local.maximumEvaluations = limit
            #expect(exact.problems(latentCount: 2, categoryCount: 2).count == 1)
            #expect(local.problems(latentCount: 2, categoryCount: 2).count == 1)
        }
    }
}
