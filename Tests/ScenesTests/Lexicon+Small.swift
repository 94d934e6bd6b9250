@testable import Scenes

extension Lexicon {
    /// A few of the standard words: 2·2·3·3·2·2·2·2·2·2 = 2304 sentences.
    static let small = Lexicon(
        agents: Array(standard.agents.prefix(2)),
        actions: Array(standard.actions.prefix(2)),
        objects: Array(standard.objects.prefix(2)),
        places: Array(standard.places.prefix(2)),
        times: Array(standard.times.prefix(2)))
}
