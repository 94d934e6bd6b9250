import Foundation
import Tensors
import Testing

@testable import DVAE

@Suite struct UniformPriorTests {
    private let prior = UniformPrior(latentCount: 2, categoryCount: 5)

    private func sample(_ rows: Int) -> Codes {
        prior.sample(rowCount: rows) { RandomStream(seed: 3, "prior").stream($0) }
    }

    @Test func samplingLaw() {
        let codes = sample(200_000)
        var counts = [Int](repeating: 0, count: 25)
        for row in 0..<codes.rowCount { counts[Int(codes[row, 0]) * 5 + Int(codes[row, 1])] += 1 }
        let statistic = chiSquare(counts, [Double](repeating: 1 / 25, count: 25))
        #expect(chiSquareTail(statistic, degreesOfFreedom: 24) > 1e-4)
    }

    @Test func aRowDoesNotDependOnHowManyAreDrawn() {
        #expect(sample(10).values == Array(sample(1000).values.prefix(20)))
    }

    @Test func logProbability() {
        let codes = sample(3)
        #expect(prior.logProbability(of: codes) == [Float](repeating: -2 * log(Float(5)), count: 3))
        let grid = UniformPrior(latentCount: 4, categoryCount: 8)
        let code = Codes(latentCount: 4, categoryCount: 8, rowCount: 1)
        #expect(abs(grid.logProbability(of: code)[0] + 8.317766) < 1e-5)
    }

    @Test func divergenceIsThatToTheUniform() {
        let tape = Tape.recording()
        let posterior = tape.posterior(normals(10, "logits"), GridSize(2, 5), batch: 1)
        #expect(
            prior.klDivergence(from: posterior, on: tape).value.array
                == posterior.klDivergenceToUniform(on: tape).value.array)
    }
}
