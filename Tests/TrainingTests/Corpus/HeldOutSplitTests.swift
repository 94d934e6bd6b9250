import Testing

@testable import Training

@Suite struct HeldOutSplitTests {
    private func split(_ lines: [String], seed: UInt64 = 7) -> HeldOutSplit {
        var survey = HeldOutSplit.Survey(seed: seed)
        for line in lines { line.withRecord { survey.add($0) } }
        return HeldOutSplit(survey)
    }

    private func heldOut(_ lines: [String], _ split: HeldOutSplit) -> [String] {
        lines.filter { $0.withRecord { split.holdsOut($0) } }
    }

    /// Expected 5 % of n; within 4 standard deviations of the binomial.
    @Test(arguments: [1_000, 10_000, 40_000]) func holdsOutFivePercent(_ count: Int) {
        let lines = sampleLines(count)
        let got = Double(heldOut(lines, split(lines)).count)
        let wanted = Double(count) / 20
        #expect(abs(got - wanted) <= 4 * (wanted * 0.95).squareRoot())
    }

    @Test(arguments: [40_001, 60_000, 90_000]) func holdsOutOneToTwoThousand(_ count: Int) {
        let lines = (0..<count).map { "line \($0)" }
        let got = heldOut(lines, split(lines)).count
        #expect((820...2_180).contains(got))
    }

    @Test func isOfTheBytesAlone() {
        let lines = sampleLines(2_000)
        let first = split(lines)
        #expect(first == split(lines.reversed()))
        #expect(heldOut(lines.reversed(), first) == heldOut(lines, first).reversed())
        #expect(first != split(lines, seed: 8) || heldOut(lines, first).isEmpty == false)
        #expect(heldOut(lines, first) != heldOut(lines, split(lines, seed: 8)))
    }

    @Test func addedLinesMoveNothing() {
        let lines = sampleLines(5_000)
        let more = lines + (0..<20_000).map { "another \($0)" }
        #expect(heldOut(lines, split(more)) == heldOut(lines, split(lines)))
    }

    /// When the threshold falls, held-out records go over to training and none comes back.
    @Test func splitsAreNested() {
        let lines = (0..<40_000).map { "line \($0)" }
        let more = lines + (0..<50_000).map { "another \($0)" }
        let before = Set(heldOut(lines, split(lines)))
        let after = Set(heldOut(lines, split(more)))
        #expect(after.isStrictSubset(of: before))
    }

    @Test func equalBytesFallTogether() {
        let lines = ["é", "e\u{301}"] + sampleLines(100)
        let split = split(lines + lines + lines)
        for line in lines {
            let sides = (0..<3).map { _ in line.withRecord { split.holdsOut($0) } }
            #expect(Set(sides).count == 1)
        }
        // Canonically equivalent texts are two records with two hashes.
        let hashes = ["é", "e\u{301}"].map { $0.withRecord { HeldOutSplit.hash($0, seed: 1) } }
        #expect(hashes[0] != hashes[1])
    }

    @Test(arguments: [2, 3, 5, 10, 20]) func smallCorporaHoldOutOne(_ count: Int) {
        for seed in 0..<50 as Range<UInt64> {
            let lines = (0..<count).map { "line \($0)" }
            let held = heldOut(lines, split(lines, seed: seed))
            #expect(held.count >= 1 && held.count < count)
        }
    }

    @Test func shareAndLimit() {
        let lines = (0..<10_000).map { "line \($0)" }
        var survey = HeldOutSplit.Survey(seed: 7)
        for line in lines { line.withRecord { survey.add($0) } }
        let half = heldOut(lines, HeldOutSplit(survey, share: 0.5)).count
        #expect((1_000...2_000).contains(half))  // 5,000 are beyond the limit: halved twice
        #expect(
            abs(heldOut(lines, HeldOutSplit(survey, share: 0.5, limit: 9_000)).count - 5_000) < 200)
        #expect(heldOut(lines, HeldOutSplit(survey, share: 0)).isEmpty)
        #expect(heldOut(lines, HeldOutSplit(survey, share: 1e-300)).count == 1)
        #expect((1...4).contains(heldOut(lines, HeldOutSplit(survey, share: 0.1, limit: 1)).count))
    }

    @Test(arguments: [0, 1, 1_000]) func nothingToSpare(_ copies: Int) {
        let lines = Array(repeating: "same", count: copies)
        let split = split(lines)
        #expect(split.threshold == nil)
        #expect(heldOut(lines, split).isEmpty)
    }
}
