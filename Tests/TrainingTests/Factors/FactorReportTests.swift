import DVAE
import Foundation
import Testing

@testable import Training

@Suite struct FactorReportTests {
    private func table(_ lines: [String]) throws -> FactorTable {
        try FactorTable(lines: lines.map { Array($0.utf8) }, source: "labels.tsv")
    }

    private func codes(_ rows: [[Int]], categories: Int) throws -> LatentTable {
        LatentTable(
            try Codes(validating: rows, latentCount: rows[0].count, categoryCount: categories))
    }

    @Test func tablesAreRead() throws {
        let found = try table(["tense\tplace", "past\tpark", "present\tpark", "past\troof"])
        #expect(found.rowCount == 3)
        #expect(found.factors.map(\.name) == ["tense", "place"])
        #expect(found.factors.map(\.values) == [[0, 1, 0], [0, 0, 1]])
        #expect(found.factors.map(\.valueCount) == [2, 2])
        #expect(found.rows([2, 0]).factors.map(\.values) == [[0, 0], [1, 0]])
    }

    @Test(arguments: [
        ([String](), "'labels.tsv', line 1: got nothing"),
        (["a\ta", "x\ty"], "line 1: want a name for each factor"),
        (["a\t", "x\ty"], "line 1: want a name for each factor"),
        (["a\tb", "x\ty", "x"], "line 3: got 1 values, want 2 as in line 1"),
    ])
    func damageIsNamed(lines: [String], message: String) {
        #expect(experimentMessage { try table(lines) }?.contains(message) == true)
    }

    /// Two independent factors, each with a latent of its own, and one latent that is always the same.
    @Test func aLatentForEachFactor() throws {
        let pairs = (0..<40).map { [$0 % 2, $0 / 2 % 4] }
        let report = FactorReport(
            try codes(pairs.map { [$0[1], 0, $0[0]] }, categories: 4),
            try table(["two\tfour"] + pairs.map { "\($0[0])\t\($0[1])" }))
        #expect(report.texts == 40 && report.latents == 3)
        let (two, four) = (report.factors[0], report.factors[1])
        #expect(abs(two.entropyBits - 1) < 1e-12 && abs(four.entropyBits - 2) < 1e-12)
        #expect(distance(two.informationBits, [0, 0, 1]) < 1e-12)
        #expect(distance(four.informationBits, [2, 0, 0]) < 1e-12)
        for row in report.factors {
            #expect(abs(row.gap - 1) < 1e-12 && abs(row.completeness - 1) < 1e-9)
            #expect(row.singleLatentAccuracy == 1 && row.linearAccuracy == 1)
            #expect(row.latentCeiling == 1 && row.textCeiling == nil)
        }
        #expect(abs(report.disentanglement - 1) < 1e-9)
    }

    /// Both latents carry the same bit: no gap, no completeness, full information.
    @Test func sharedInformationHasNoGap() throws {
        let bits = (0..<30).map { $0 % 2 }
        let report = FactorReport(
            try codes(bits.map { [$0, 1 - $0] }, categories: 2),
            try table(["bit"] + bits.map { "\($0)" }))
        let row = report.factors[0]
        #expect(distance(row.informationBits, [1, 1]) < 1e-12)
        #expect(row.gap == 0 && abs(row.completeness) < 1e-12)
        #expect(row.linearAccuracy == 1)
    }

    /// A factor that is the exclusive or of two latents: no single latent knows it, nor a linear map; together they do.
    @Test func exclusiveOr() throws {
        let pairs = (0..<80).map { [$0 % 2, $0 / 2 % 2] }
        let report = FactorReport(
            try codes(pairs, categories: 2), try table(["xor"] + pairs.map { "\($0[0] ^ $0[1])" }))
        let row = report.factors[0]
        #expect(distance(row.informationBits, [0, 0]) < 1e-12)
        #expect(row.latentCeiling == 1)
        #expect(row.singleLatentAccuracy < 0.8 && row.linearAccuracy < 0.8)
    }

    /// Sums of two latents are linear though no latent knows them alone.
    @Test func linearBeatsSingle() throws {
        let pairs = (0..<300).map { [$0 * 7 % 3, $0 * 5 / 3 % 3] }
        let report = FactorReport(
            try codes(pairs, categories: 3),
            try table(["sum"] + pairs.map { $0[0] + $0[1] > 1 ? "high" : "low" }))
        #expect(report.factors[0].linearAccuracy == 1)
        #expect(report.factors[0].singleLatentAccuracy < 0.95)
    }

    /// Two texts in four are equal and differ in the factor: 3 of 4 can be right; I = 1 − ½·1 bits.
    @Test func ceilings() throws {
        let lines = (0..<10).flatMap { _ in ["a", "b", "c", "c"] }
        let labels = (0..<10).flatMap { _ in ["x", "y", "x", "y"] }
        let report = FactorReport(
            try codes((0..<40).map { _ in [0] }, categories: 2), try table(["f"] + labels),
            texts: lines.map { Array($0.utf8) })
        let row = report.factors[0]
        #expect(abs((row.textCeiling ?? 0) - 0.75) < 1e-12)
        #expect(abs((row.attainableInformation ?? 0) - 0.5) < 1e-12)
        #expect(row.latentCeiling == 0.5)
        #expect(abs(row.majorityAccuracy - 0.5) < 0.01)
    }

    @Test func binsAreQuantiles() {
        let latents = LatentTable([[5, 0], [1, 0], [3, 0], [2, 0], [4, 0], [6, 1]], bins: 3)
        #expect(latents.columns[0] == [2, 0, 1, 0, 1, 2])
        // Equal numbers share a bin.
        #expect(Set(latents.columns[1].prefix(5)).count == 1)
        #expect(latents.columns[1].allSatisfy { 0..<3 ~= $0 })
    }

    private func distance(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(a.count == b.count ? 0 : .infinity) { max($0, abs($1.0 - $1.1)) }
    }
}
