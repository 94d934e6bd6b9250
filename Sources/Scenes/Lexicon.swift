/// A countable noun with its irregularities spelled out.
struct Noun: Sendable {
    let singular: String
    let plural: String
    /// The indefinite article of the singular.
    ///
    /// It follows the sound, not the letter: "an hourglass", "a ukulele".
    let article: String

    init(_ singular: String, _ plural: String, article: String = "a") {
        self.singular = singular
        self.plural = plural
        self.article = article
    }
}

/// A verb in the three forms that `do`-support and `will` leave to it.
///
/// A base form that equals the past ("cut") would make "the bakers cut" ambiguous: such verbs
/// have no place in a lexicon.
struct Verb: Sendable {
    let base: String
    let thirdPerson: String
    let past: String

    init(_ base: String, _ thirdPerson: String, _ past: String) {
        self.base = base
        self.thirdPerson = thirdPerson
        self.past = past
    }
}

/// The words of a grammar.
struct Lexicon: Sendable {
    let agents: [Noun]
    let actions: [Verb]
    let objects: [Noun]
    /// Place phrases of exactly `SceneGrammar.placeWordCount` words.
    let places: [String]
    /// Time phrases of exactly `SceneGrammar.timeWordCount` words, each at home in any tense.
    let times: [String]
}
