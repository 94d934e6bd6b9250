/// Every phrase a slot of the sentence can hold, and what it says: the parser's side of the
/// lexicon.
///
/// The grammar is unambiguous because within each table no phrase occurs twice, and because
/// where one phrase ends is settled by its length (agent, place, time) or by its first word
/// (object).
struct PhraseTables: Sendable {
    /// A noun and its number.
    struct Counted: Sendable {
        let noun: Int
        let number: GrammaticalNumber
    }

    /// Agents: "actor", "actors".
    let agents: [String: Counted]
    /// Objects: "a basket", "baskets".
    let objects: [String: Counted]
    /// Verb groups such as "will not carry", for each number of the subject.
    let verbGroups: [GrammaticalNumber: [String: VerbGroup]]
    let places: [String: Int]
    let times: [String: Int]

    init(_ lexicon: Lexicon) {
        agents = Self.table(
            lexicon.agents.indices.flatMap { noun in
                GrammaticalNumber.allCases.map { number in
                    (lexicon.agents[noun].bare(number), Counted(noun: noun, number: number))
                }
            })
        objects = Self.table(
            lexicon.objects.indices.flatMap { noun in
                GrammaticalNumber.allCases.map { number in
                    (lexicon.objects[noun].indefinite(number), Counted(noun: noun, number: number))
                }
            })
        let groups = lexicon.actions.indices.flatMap(VerbGroup.all(of:))
        verbGroups = Self.table(
            GrammaticalNumber.allCases.map { number in
                let worded = groups.map {
                    ($0.words(of: lexicon.actions[$0.action], agreeingWith: number), $0)
                }
                return (number, Self.table(worded))
            })
        places = Self.table(lexicon.places.enumerated().map { ($1, $0) })
        times = Self.table(lexicon.times.enumerated().map { ($1, $0) })
    }

    private static func table<Key, Value>(_ pairs: [(Key, Value)]) -> [Key: Value] {
        Dictionary(pairs) { _, _ in preconditionFailure("two values share a surface") }
    }
}

extension Noun {
    /// The noun without an article.
    func bare(_ number: GrammaticalNumber) -> String {
        number == .singular ? singular : plural
    }

    /// The noun as it is first mentioned: "a kite", "kites".
    func indefinite(_ number: GrammaticalNumber) -> String {
        number == .singular ? article + " " + singular : plural
    }
}

extension VerbGroup {
    /// Every way to inflect an action.
    static func all(of action: Int) -> [VerbGroup] {
        Modality.allCases.flatMap { modality in
            Tense.allCases.flatMap { tense in
                Polarity.allCases.map { polarity in
                    VerbGroup(action: action, modality: modality, tense: tense, polarity: polarity)
                }
            }
        }
    }
}
