import Testing

@testable import Scenes

@Suite struct SceneGrammarTests {
    let grammar = SceneGrammar.standard

    @Test func hasTheFactorsOfTheREADME() {
        #expect(
            grammar.factors.map(\.name) == [
                "agent", "agent_number", "modality", "tense", "polarity",
                "action", "object", "object_number", "place", "time",
            ])
        #expect(grammar.factors.map(\.values.count) == [16, 2, 3, 3, 2, 12, 12, 2, 10, 6])
        #expect(grammar.factors[2].values == ["plain", "obligation", "desire"])
        #expect(grammar.factors[3].values == ["past", "present", "future"])
        #expect(grammar.sentenceCount == 9_953_280)
    }

    /// No word may name two things: else two values would share a surface.
    @Test func contentWordsAreDistinct() {
        let lexicon = Lexicon.standard
        let nouns = (lexicon.agents + lexicon.objects).flatMap { [$0.singular, $0.plural] }
        let verbs = lexicon.actions.flatMap { [$0.base, $0.thirdPerson, $0.past] }
        let words = nouns + verbs
        #expect(Set(words).count == words.count)
        #expect(words.allSatisfy { $0.utf8.allSatisfy { (0x61...0x7a).contains($0) } })
        #expect(lexicon.places.allSatisfy { $0.split(separator: " ").count == 3 })
        #expect(lexicon.times.allSatisfy { $0.split(separator: " ").count == 2 })
    }

    @Test func indexAndAssignmentAreInverse() {
        #expect(grammar.assignment(at: 0) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(grammar.assignment(at: 1) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
        #expect(grammar.assignment(at: 6) == [0, 0, 0, 0, 0, 0, 0, 0, 1, 0])
        #expect(
            grammar.assignment(at: grammar.sentenceCount - 1) == [15, 1, 2, 2, 1, 11, 11, 1, 9, 5])
        for index in stride(from: 0, to: grammar.sentenceCount, by: 4999) {
            #expect(grammar.index(of: grammar.assignment(at: index)) == index)
        }
    }

    @Test func labelsNameTheValues() {
        #expect(
            grammar.labels(of: [3, 1, 2, 0, 1, 2, 11, 0, 3, 1]) == [
                "child", "plural", "desire", "past", "negative",
                "carry", "umbrella", "singular", "beside the lake", "at dawn",
            ])
    }
}
