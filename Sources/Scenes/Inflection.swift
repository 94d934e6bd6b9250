/// Grammatical number, of the agent or of the object.
enum GrammaticalNumber: Int, CaseIterable, Sendable {
    case singular, plural
}

/// When the scene takes place.
enum Tense: Int, CaseIterable, Sendable {
    case past, present, future
}

/// Whether the scene takes place.
enum Polarity: Int, CaseIterable, Sendable {
    case affirmative, negative
}

/// How the agent stands to the action.
///
/// `obligation` and `desire` are worded by verbs that take every tense ("had to", "has to", "will have to"), unlike "must", so that modality is
/// independent of tense on the surface as well as in meaning.
enum Modality: Int, CaseIterable, Sendable {
    case plain, obligation, desire

    /// The verb followed by "to" and the action, or nil where the action is itself finite.
    var verb: Verb? {
        switch self {
        case .plain: return nil
        case .obligation: return Verb("have", "has", "had")
        case .desire: return Verb("want", "wants", "wanted")
        }
    }
}
