import DVAE
import Foundation
import SeqModel
import Tensors
import Testing

@testable import TextCodec

/// Codes that tell the length of a text.
@Suite struct LengthScaleTests {
    private static func config(latents: Int = 16, categories: Int = 16, told: Int = 2)
        -> ModelConfig
    {
        var config = ModelConfig()
        (config.latentCount, config.categoryCount) = (latents, categories)
        config.lengthLatentCount = told
        (config.codeEmbeddingSize, config.conditionSize, config.embeddingSize) = (8, 16, 8)
        return config
    }

    private static let tokens = TokenSpace(vocabularySize: 20, bos: 0, eos: 1)

    @Test func sharesOfLengthsAndBack() throws {
        let scale = try LengthScale(in: ParameterStore(.seed(1)).root)
        scale.fit(mean: log(20), standardDeviation: 0.6)
        #expect(abs(scale.share(ofSteps: 20) - 0.5) < 1e-6)
        var last = -1.0
        for steps in 1...300 {
            let share = scale.share(ofSteps: steps)
            #expect(share > last && share < 1)
            last = share
            if steps > 3 && steps < 100 {
                #expect(
                    abs(scale.logLength(ofShare: Float(share)) - log(Float(steps))) < 1e-2)
            }
        }
        for share in [-1, 0, 1, 2, Float.infinity] {
            #expect(scale.logLength(ofShare: share).isFinite)
        }
        // A corpus whose lengths are all the same.
        scale.fit(mean: log(7), standardDeviation: 0)
        #expect(abs(scale.logLength(ofShare: 0.5) - log(7)) < 1e-6)
        #expect(scale.share(ofSteps: 1000) <= 1 && scale.share(ofSteps: 1) >= 0)
    }

    /// The first codes follow the length and nothing else; a decoder finds it in them to a twentieth.
    @Test func theFirstCodesAreTheLength() throws {
        let model = try TextModel(Self.config(), tokens: Self.tokens, source: .seed(3))
        model.lengthScale?.fit(mean: log(12), standardDeviation: 0.6)
        let tape = Tape(arena: Arena(), isRecording: false)
        func codes(_ sentence: [Int32]) throws -> [Int32] {
            let posterior = try model.posterior(
                of: model.batch([sentence]), using: RandomStream(seed: 0, "unused"), on: tape)
            return Array(posterior.mode()[0])
        }
        var seen: Set<[Int32]> = []
        for length in 2...24 {
            let some = (0..<length).map { Int32(2 + $0 % 18) }
            let first = Array(try codes(some).prefix(2))
            #expect(Array(try codes(some.reversed()).prefix(2)) == first)
            seen.insert(first)
            let told = try Codes(
                validating: [first.map { Int($0) } + [Int](repeating: 0, count: 14)],
                latentCount: 16, categoryCount: 16)
            let share = try #require(
                (model.bottleneck as? DiscreteVAE)?.shares(
                    of: model.embed(told, in: tape.arena)
                ).first)
            let scale = try #require(model.lengthScale)
            #expect(abs(scale.logLength(ofShare: share) - log(Float(length + 1))) < 0.05)
        }
        #expect(seen.count == 23)
    }

    @Test func onlySomeLatentsAreTold() {
        #expect(Self.config().problems.isEmpty && Self.config().toldLatentCount == 2)
        #expect(Self.config(latents: 8).toldLatentCount == 1)
        #expect(Self.config(latents: 7).toldLatentCount == 0)
        for told in [-1, 9] {
            #expect(
                Self.config(told: told).problems.contains { $0.hasPrefix("length_latent_count") })
        }
        var gaussian = Self.config()
        gaussian.bottleneck = .init(GaussianBottleneck.Config())
        #expect(gaussian.problems.isEmpty && gaussian.toldLatentCount == 0)
    }
}
