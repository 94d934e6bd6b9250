import Testing

@testable import Scenes

@Suite struct SceneReportTests {
    let grammar = SceneGrammar.standard

    @Test func countsWhatParses() {
        let report = grammar.report(of: [
            "The actor carries a kite in the garden at dawn.",
            "The actor carries a kite in the garden at dawn.",
            "The actors carry kites in the garden at dawn.",
            "The actors carries kites in the garden at dawn.",
        ])
        #expect(report.sentenceCount == 4)
        #expect(report.parsedCount == 3)
        #expect(report.distinctCount == 2)
        #expect(report.parsedShare == 0.75)
        #expect(report.counts[1] == [2, 1])
        #expect(report.counts[3] == [0, 3, 0])
        #expect(report.counts.allSatisfy { $0.reduce(0, +) == 3 })
    }

    @Test func hasNoShareOfNothing() {
        let report = grammar.report(of: [])
        #expect(report.parsedShare == nil)
        #expect(report.counts.map(\.count) == grammar.factors.map(\.values.count))
    }
}
