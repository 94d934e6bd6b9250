import DVAE
import Foundation
import SeqModel
import Tensors
import TestSupport
import Testing

@testable import mnist

/// Sums over all codes against the same thing done code by code.
@Suite struct CodeTableTests {
    private let digits = Digits.bars(6, seed: 1)

    private func model(_ latents: Int, _ categories: Int) throws -> DigitModel {
        let model = try DigitModel(
            latentCount: latents, categoryCount: categories, source: .seed(3))
        // Fresh weights hardly tell codes apart.
        for parameter in model.parameters {
            parameter.value.assign(2, times: parameter.value)
            parameter.valueDidChange()
        }
        return model
    }

    private func images(_ tape: Tape) -> Tensor {
        PixelReading.reinmax.batch(
            digits, 0..<6, using: RandomStream(seed: 0, "unused"), in: tape.arena)
    }

    @Test func likelihoodsAreTheDecoders() throws {
        let model = try model(2, 3)
        let tape = Tape(arena: Arena(), isRecording: false)
        let images = images(tape)
        let table = CodeTable(model, images, on: tape)
        #expect(table.codes.rowCount == 9 && table.logLikelihood.shape == Shape(9, 6))
        for code in 0..<9 {
            let codes = table.codes.rows([Int](repeating: code, count: 6))
            let latents = Variable(constant: codes.oneHot(in: tape.arena))
            expectClose(
                table.logLikelihood.rows(code..<code + 1).array,
                model.likelihood(of: images)(latents, tape).value.array.map(Double.init))
        }
    }

    /// The bound and the divergence from the true posterior add up to the evidence; so the bound is one.
    @Test func theBoundStandsBelowTheEvidence() throws {
        let model = try model(2, 3)
        let tape = Tape(arena: Arena(), isRecording: false)
        let images = images(tape)
        let table = CodeTable(model, images, on: tape)
        let posterior = model.posterior(of: images, on: tape)
        let elbo = DigitBound(
            model, images, estimator: ExactEnumeration(), at: 0,
            using: RandomStream(seed: 0, "unused"), on: tape
        ).objective.value[0]
        var divergence = 0.0
        for image in 0..<6 {
            for code in 0..<9 {
                let codes = table.codes.rows([Int](repeating: code, count: 6))
                let logQ = Double(posterior.logProbability(of: codes)[image])
                let joint = Double(table.logLikelihood.pointer[code * 6 + image]) - log9
                divergence += exp(logQ) * (logQ - (joint - table.evidence[image]))
            }
        }
        let evidence = table.evidence.reduce(0, +)
        #expect(divergence > 1e-3)
        #expect(abs(Double(elbo) + divergence - evidence) < 1e-5 * abs(evidence))
    }

    private let log9 = 2.1972245773362196

    @Test func gridsTooLargeToSumAreKnown() {
        #expect(CodeTable.isFeasible(latentCount: 4, categoryCount: 8))
        #expect(CodeTable.isFeasible(latentCount: 16, categoryCount: 2))
        #expect(!CodeTable.isFeasible(latentCount: 17, categoryCount: 2))
        #expect(!CodeTable.isFeasible(latentCount: 1000, categoryCount: 1000))
    }
}
