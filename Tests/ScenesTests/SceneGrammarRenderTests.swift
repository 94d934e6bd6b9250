import Testing

@testable import Scenes

@Suite struct SceneGrammarRenderTests {
    let grammar = SceneGrammar.standard

    /// Literal sentences, one for each rule of agreement.
    static let golden: [([Int], String)] = [
        (
            [0, 0, 0, 1, 0, 2, 5, 0, 4, 1],
            "The actor carries a kite in the garden at dawn."
        ),
        (
            [3, 1, 0, 1, 0, 2, 6, 1, 4, 4],
            "The children carry knives in the garden at noon."
        ),
        (
            [13, 0, 0, 1, 1, 11, 11, 0, 3, 3],
            "The thief does not wash an umbrella beside the lake at night."
        ),
        (
            [13, 1, 0, 1, 1, 6, 4, 0, 5, 0],
            "The thieves do not hide an hourglass in the kitchen after lunch."
        ),
        (
            [15, 0, 0, 0, 0, 5, 10, 0, 7, 2],
            "The woman found a ukulele on the beach at dusk."
        ),
        (
            [15, 1, 0, 0, 1, 3, 1, 1, 0, 5],
            "The women did not draw boxes at the market before dinner."
        ),
        (
            [5, 0, 0, 2, 0, 8, 9, 0, 1, 4],
            "The engineer will polish a mirror at the station at noon."
        ),
        (
            [10, 1, 0, 2, 1, 10, 8, 1, 9, 3],
            "The spies will not sell lamps under the bridge at night."
        ),
        (
            [14, 0, 1, 1, 0, 9, 3, 0, 8, 1],
            "The waitress has to repair a clock on the roof at dawn."
        ),
        (
            [14, 1, 1, 1, 0, 0, 2, 1, 2, 2],
            "The waitresses have to borrow brushes behind the school at dusk."
        ),
        (
            [7, 0, 1, 0, 0, 1, 7, 0, 6, 0],
            "The nurse had to buy a ladder near the river after lunch."
        ),
        (
            [7, 0, 1, 0, 1, 1, 7, 1, 6, 0],
            "The nurse did not have to buy ladders near the river after lunch."
        ),
        (
            [2, 0, 2, 1, 0, 7, 0, 0, 4, 5],
            "The baker wants to paint a basket in the garden before dinner."
        ),
        (
            [2, 0, 2, 1, 1, 4, 0, 1, 4, 5],
            "The baker does not want to drop baskets in the garden before dinner."
        ),
        (
            [6, 1, 2, 2, 1, 2, 11, 0, 3, 1],
            "The farmers will not want to carry an umbrella beside the lake at dawn."
        ),
        (
            [6, 1, 1, 2, 0, 2, 11, 0, 3, 1],
            "The farmers will have to carry an umbrella beside the lake at dawn."
        ),
    ]

    @Test(arguments: golden)
    func rendersAndParses(assignment: [Int], sentence: String) {
        #expect(grammar.render(assignment) == sentence)
        #expect(grammar.parse(sentence) == assignment)
    }

    @Test func sentencesHaveNineToFourteenWords() throws {
        let lengths = try SceneSampler(grammar: grammar, seed: 3, count: 20_000).map {
            grammar.render($0).split(separator: " ").count
        }
        #expect(lengths.min() == 9)
        #expect(lengths.max() == 14)
    }
}
