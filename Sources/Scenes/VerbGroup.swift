/// The finite verb of a sentence with everything that inflects it.
struct VerbGroup: Sendable {
    let action: Int
    let modality: Modality
    let tense: Tense
    let polarity: Polarity

    /// The words from subject to object, such as "does not have to carry".
    ///
    /// - Parameters:
    ///   - verb: the verb that `action` stands for.
    ///   - number: the number of the subject, which only the present tense shows.
    func words(of verb: Verb, agreeingWith number: GrammaticalNumber) -> String {
        guard let modal = modality.verb else { return finite(verb, number) }
        return finite(modal, number) + " to " + verb.base
    }

    private func finite(_ verb: Verb, _ number: GrammaticalNumber) -> String {
        switch (tense, polarity, number) {
        case (.past, .affirmative, _): return verb.past
        case (.past, .negative, _): return "did not " + verb.base
        case (.present, .affirmative, .singular): return verb.thirdPerson
        case (.present, .affirmative, .plural): return verb.base
        case (.present, .negative, .singular): return "does not " + verb.base
        case (.present, .negative, .plural): return "do not " + verb.base
        case (.future, .affirmative, _): return "will " + verb.base
        case (.future, .negative, _): return "will not " + verb.base
        }
    }
}
