extension Lexicon {
    /// The words of the bundled corpus.
    ///
    /// Their order fixes the indices of all sentences, so it never changes.
    static let standard = Lexicon(
        agents: [
            Noun("actor", "actors", article: "an"),
            Noun("artist", "artists", article: "an"),
            Noun("baker", "bakers"),
            Noun("child", "children"),
            Noun("doctor", "doctors"),
            Noun("engineer", "engineers", article: "an"),
            Noun("farmer", "farmers"),
            Noun("nurse", "nurses"),
            Noun("pilot", "pilots"),
            Noun("sailor", "sailors"),
            Noun("spy", "spies"),
            Noun("student", "students"),
            Noun("teacher", "teachers"),
            Noun("thief", "thieves"),
            Noun("waitress", "waitresses"),
            Noun("woman", "women"),
        ],
        actions: [
            Verb("borrow", "borrows", "borrowed"),
            Verb("buy", "buys", "bought"),
            Verb("carry", "carries", "carried"),
            Verb("draw", "draws", "drew"),
            Verb("drop", "drops", "dropped"),
            Verb("find", "finds", "found"),
            Verb("hide", "hides", "hid"),
            Verb("paint", "paints", "painted"),
            Verb("polish", "polishes", "polished"),
            Verb("repair", "repairs", "repaired"),
            Verb("sell", "sells", "sold"),
            Verb("wash", "washes", "washed"),
        ],
        objects: [
            Noun("basket", "baskets"),
            Noun("box", "boxes"),
            Noun("brush", "brushes"),
            Noun("clock", "clocks"),
            Noun("hourglass", "hourglasses", article: "an"),
            Noun("kite", "kites"),
            Noun("knife", "knives"),
            Noun("ladder", "ladders"),
            Noun("lamp", "lamps"),
            Noun("mirror", "mirrors"),
            Noun("ukulele", "ukuleles"),
            Noun("umbrella", "umbrellas", article: "an"),
        ],
        places: [
            "at the market", "at the station", "behind the school", "beside the lake",
            "in the garden", "in the kitchen", "near the river", "on the beach", "on the roof",
            "under the bridge",
        ],
        times: [
            "after lunch", "at dawn", "at dusk", "at night", "at noon", "before dinner",
        ]
    )
}
