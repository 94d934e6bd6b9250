import SeqModel
import TestSupport
import Testing

@testable import DVAE
@testable import Tensors

/// Latents that are told their codes.
@Suite struct ToldLatentsTests {
    private static let (latents, categories, width, size, told) = (5, 4, 6, 3, 2)

    private func bottleneck() throws -> (DiscreteVAE, [Parameter]) {
        let store = ParameterStore(.seed(2))
        let bottleneck = try DiscreteVAE(
            latentCount: Self.latents, categoryCount: Self.categories, featureSize: Self.width,
            codeEmbeddingSize: Self.size, toldCount: Self.told, in: store.root)
        return (bottleneck, store.parameters)
    }

    /// Features of two examples whose told digits are 3 1 and 0 2.
    private func features(in arena: Arena) -> Tensor {
        let features = arena.tensor(Shape(2, Self.latents, Self.width))
        for (index, value) in sampleValues(features.count, seed: 3).enumerated() {
            features.pointer[index] = Float(value)
        }
        for (place, digit) in [(0, 3), (1, 1), (5, 0), (6, 2)] {
            features.pointer[place * Self.width] = Float(digit)
        }
        return features
    }

    @Test func sharesAndDigitsBelongTogether() throws {
        let (bottleneck, _) = try bottleneck()
        for share in [0, 0.03, 0.5, 0.77, 0.9999, 1] {
            let digits = bottleneck.digits(ofShare: share)
            #expect(digits.count == 2 && digits.allSatisfy { 0..<4 ~= $0 })
            let codes = try Codes(
                validating: [digits + [0, 0, 0]], latentCount: 5, categoryCount: 4)
            let arena = Arena()
            let shares = bottleneck.shares(of: bottleneck.embed(codes, in: arena))
            #expect(abs(Double(shares[0]) - share) <= 1 / 32.0 + 1e-6, "\(share)")
        }
        // The first digit weighs most.
        #expect(bottleneck.digits(ofShare: 0.5) == [2, 0])
        #expect(bottleneck.digits(ofShare: 0.3) == [1, 0])
    }

    @Test func codesAreThoseThatWereTold() throws {
        let (bottleneck, _) = try bottleneck()
        let tape = Tape(arena: Arena(), isRecording: false)
        let posterior = bottleneck.posterior(
            Variable(constant: features(in: tape.arena)), on: tape)
        for seed in 0..<20 {
            let codes = posterior.sample(
                using: RandomStream(seed: UInt64(seed), "draw"), on: tape)
            #expect(Array(codes[0].prefix(2)) == [3, 1])
            #expect(Array(codes[1].prefix(2)) == [0, 2])
        }
        let lookedUp = bottleneck.embed(posterior.mode(), in: tape.arena)
        let multiplied = bottleneck.embed(
            Variable(constant: posterior.mode().oneHot(in: tape.arena)), on: tape)
        #expect(lookedUp.array == multiplied.value.array)
        // 3 1 and 0 2, and the middle of what a third digit would say.
        let wanted: [Float] = [3.0 / 4 + 1.5 / 16, 2.5 / 16]
        for (share, wanted) in zip(bottleneck.shares(of: lookedUp), wanted) {
            #expect(abs(share - wanted) < 1e-6)
        }
    }

    /// What is told learns nothing and hands nothing back; the rest has the gradient it has without.
    @Test func gradientsPassByWhatIsTold() throws {
        let (bottleneck, parameters) = try bottleneck()
        let tape = Tape(arena: Arena(), isRecording: true)
        let leaf = tape.leaf(features(in: tape.arena))
        let posterior = bottleneck.posterior(leaf, on: tape)
        let embedded = bottleneck.embed(tape.softmax(posterior.logits), on: tape)
        tape.backward(from: tape.sum(embedded))
        let gradient = try #require(tape.gradient(of: leaf)).array
        for example in 0..<2 {
            let rows = (0..<5).map { latent in
                let start = (example * 5 + latent) * Self.width
                return gradient[start..<start + Self.width]
            }
            #expect(rows[0].allSatisfy { $0 == 0 } && rows[1].allSatisfy { $0 == 0 })
            #expect(rows[2...].allSatisfy { $0.contains { $0 != 0 } })
        }
        let weight = try #require(parameters.first { $0.name.hasSuffix("posterior.weight") })
        let perLatent = Self.width * Self.categories
        #expect(weight.gradient.array.prefix(2 * perLatent).allSatisfy { $0 == 0 })
        #expect(weight.gradient.array.dropFirst(2 * perLatent).contains { $0 != 0 })
        // The first number of a told embedding is not the codebook's.
        let codebook = try #require(parameters.first { $0.name.hasSuffix("codebook") })
        for cell in 0..<Self.told * Self.categories {
            #expect(codebook.gradient.pointer[cell * Self.size] == 0)
        }
        #expect(codebook.gradient.pointer[Self.told * Self.categories * Self.size] != 0)
    }

    /// Every estimator leaves what is told alone.
    @Test(arguments: EstimatorKind.builtIn.types) func estimatorsKeepWhatIsTold(
        type: String
    ) throws {
        let (bottleneck, _) = try bottleneck()
        let estimator = try EstimatorKind.builtIn.entry(type).makeDefault()
        let tape = Tape(arena: Arena(), isRecording: true)
        let posterior = bottleneck.posterior(tape.leaf(features(in: tape.arena)), on: tape)
        let value = estimator.expectation(
            of: { latents, tape in
                for row in 0..<latents.shape[0] {
                    let digits = row % 2 == 0 ? [3, 1] : [0, 2]
                    for (latent, digit) in digits.enumerated() {
                        let cell = latents.value.pointer[(row * 5 + latent) * 4 + digit]
                        // Those that try every code try these too.
                        #expect(
                            cell > 0.999 || ["exact", "local_expectation"].contains(type), "\(type)"
                        )
                    }
                }
                let flat = latents.reshaped(Shape(latents.shape[0], 20))
                let ones = tape.arena.tensor(Shape(latents.shape[0]))
                ones.fill(0)
                return tape.record(ones) { [unowned tape] dy in
                    let slope = tape.arena.tensor(flat.shape)
                    slope.fill(0.5)
                    tape.accumulate(slope, into: flat)
                }
            }, under: posterior, at: 0, using: RandomStream(seed: 1, "draw"), on: tape)
        tape.backward(from: tape.sum(value))
    }
}
