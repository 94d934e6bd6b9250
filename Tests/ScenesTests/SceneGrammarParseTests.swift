import Testing

@testable import Scenes

@Suite struct SceneGrammarParseTests {
    let grammar = SceneGrammar.standard

    /// A stride that shares no factor with any radix, so that every value of every factor occurs.
    @Test func invertsRenderAcrossTheGrammar() {
        var sentences: Set<String> = []
        var total = 0
        var failures: [Int] = []
        for index in stride(from: 0, to: grammar.sentenceCount, by: 49) {
            let assignment = grammar.assignment(at: index)
            let sentence = grammar.render(assignment)
            if grammar.parse(sentence) != assignment { failures.append(index) }
            sentences.insert(sentence)
            total += 1
        }
        #expect(failures.isEmpty)
        #expect(total > 200_000)
        #expect(sentences.count == total)
    }

    @Test func invertsRenderOnAllPairsOfValues() {
        let factors = grammar.factors
        let permutation = FeistelPermutation(count: grammar.sentenceCount, seed: 17)
        var trial = 0
        var failures: [[Int]] = []
        for first in factors.indices {
            for second in factors.indices where second > first {
                for firstValue in factors[first].values.indices {
                    for secondValue in factors[second].values.indices {
                        var assignment = grammar.assignment(at: permutation(trial))
                        assignment[first] = firstValue
                        assignment[second] = secondValue
                        if grammar.parse(grammar.render(assignment)) != assignment {
                            failures.append(assignment)
                        }
                        trial += 1
                    }
                }
            }
        }
        #expect(failures.isEmpty)
        #expect(trial > 1000)
    }

    @Test func invertsRenderOnAWholeSmallGrammar() {
        let small = SceneGrammar(lexicon: .small)
        let assignments = (0..<small.sentenceCount).map(small.assignment(at:))
        #expect(small.sentenceCount == 2304)
        #expect(Set(assignments.map(small.render)).count == 2304)
        #expect(assignments.allSatisfy { small.parse(small.render($0)) == $0 })
    }

    @Test(arguments: [
        "",
        ".",
        " ",
        "The",
        "The.",
        "The actor.",
        // Layout.
        "The actor carries a kite in the garden at dawn",
        "The actor carries a kite in the garden at dawn..",
        "The actor carries a kite in the garden at dawn. ",
        " The actor carries a kite in the garden at dawn.",
        "The actor  carries a kite in the garden at dawn.",
        "The actor carries a kite in the garden at dawn .",
        "The actor carries a kite in the garden at\tdawn.",
        "The actor carries a kite in the garden at dawn.\n",
        "The actor carries a kite in the garden at dawn.\r\n",
        "The actor carries a kite in the garden at\u{A0}dawn.",
        "the actor carries a kite in the garden at dawn.",
        "The Actor carries a kite in the garden at dawn.",
        // Agreement.
        "The actor carry a kite in the garden at dawn.",
        "The actors carries a kite in the garden at dawn.",
        "The actors does not carry a kite in the garden at dawn.",
        "The actor do not carry a kite in the garden at dawn.",
        "The actor does not carries a kite in the garden at dawn.",
        "The actor have to carry a kite in the garden at dawn.",
        "The actor will carried a kite in the garden at dawn.",
        "The actor has not to carry a kite in the garden at dawn.",
        "The actor carries an kite in the garden at dawn.",
        "The actor carries a umbrella in the garden at dawn.",
        "The actor carries an ukulele in the garden at dawn.",
        "The actor carries a kites in the garden at dawn.",
        "The actor carries kite in the garden at dawn.",
        // Missing, doubled and foreign words.
        "The actor a kite in the garden at dawn.",
        "The actor carries in the garden at dawn.",
        "The actor carries a kite at dawn.",
        "The actor carries a kite in the garden.",
        "The actor carries carries a kite in the garden at dawn.",
        "The actor carries a kite in the lake at dawn.",
        "The actor carries a kite in the garden at lunch.",
        "The queen carries a kite in the garden at dawn.",
        "The actor carries a baker in the garden at dawn.",
        "A actor carries a kite in the garden at dawn.",
    ])
    func refusesNearMisses(sentence: String) {
        #expect(grammar.parse(sentence) == nil)
    }
}
