import Testing

@testable import Scenes

@Suite struct SceneSamplerTests {
    let small = SceneGrammar(lexicon: .small)

    @Test(arguments: [0, 1, 2, UInt64.max])
    func permutesASmallGrammar(seed: UInt64) throws {
        let sample = try SceneSampler(grammar: small, seed: seed, count: small.sentenceCount)
        let indices = sample.map(small.index(of:))
        #expect(indices != Array(0..<small.sentenceCount))
        #expect(indices.sorted() == Array(0..<small.sentenceCount))
    }

    @Test(arguments: [1, 2, 3, 4, 5, 16, 17, 255, 1000, 4097])
    func permutesAnyDomain(count: Int) {
        let permutation = FeistelPermutation(count: count, seed: 9)
        #expect((0..<count).map { permutation($0) }.sorted() == Array(0..<count))
    }

    @Test func doesNotRepeatItself() throws {
        let sample = try SceneSampler(grammar: .standard, seed: 1, count: 100_000)
        #expect(Set(sample).count == 100_000)
    }

    @Test func isAFunctionOfSeedAndPosition() throws {
        let long = try SceneSampler(grammar: .standard, seed: 5, count: 1000)
        let short = try SceneSampler(grammar: .standard, seed: 5, count: 10)
        let other = try SceneSampler(grammar: .standard, seed: 6, count: 10)
        #expect(Array(long.prefix(10)) == Array(short))
        #expect(Array(other) != Array(short))
    }

    /// The corpus of the README must not change under its users.
    @Test func startsAsItAlwaysDid() throws {
        let grammar = SceneGrammar.standard
        let sentences = try SceneSampler(grammar: grammar, seed: 1, count: 3).map(grammar.render)
        #expect(
            sentences == [
                "The teachers draw clocks near the river after lunch.",
                "The thieves will not hide boxes at the market at night.",
                "The women have to sell a kite on the roof at dawn.",
            ])
    }

    /// Counts of n draws at v equally likely values stay within six standard deviations.
    @Test func isUniformInEveryFactor() throws {
        let grammar = SceneGrammar.standard
        let sample = try SceneSampler(grammar: grammar, seed: 1, count: 30_000)
        let report = grammar.report(of: sample.lazy.map(grammar.render))
        for counts in report.counts {
            let share = 1 / Double(counts.count)
            let deviation = (30_000 * share * (1 - share)).squareRoot()
            for count in counts {
                #expect(abs(Double(count) - 30_000 * share) < 6 * deviation)
            }
        }
    }

    @Test(arguments: [-1, Int.min, 9_953_281, Int.max])
    func refusesACountTheGrammarCannotMeet(count: Int) {
        #expect(throws: ScenesError.countOutOfRange(count: count, sentenceCount: 9_953_280)) {
            try SceneSampler(grammar: .standard, seed: 0, count: count)
        }
    }

    @Test func theErrorSaysWhatIsPossible() {
        let error = ScenesError.countOutOfRange(count: -1, sentenceCount: 8)
        #expect(
            error.description
                == "sentence count -1 is out of range: the grammar has 8 distinct sentences; "
                + "ask for 0 to 8")
    }
}
