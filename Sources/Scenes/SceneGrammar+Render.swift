extension SceneGrammar {
    /// The sentence of an assignment.
    ///
    /// For example: "The farmers will not want to carry an umbrella beside the lake at dawn."
    ///
    /// - Parameter assignment: one value index per factor, in the order of `factors`.
    /// - Returns: ASCII words with single spaces, a capital at the start and a full stop.
    public func render(_ assignment: [Int]) -> String {
        requireValid(assignment)
        func value(_ slot: Slot) -> Int { assignment[slot.rawValue] }

        let agentNumber = GrammaticalNumber.allCases[value(.agentNumber)]
        let objectNumber = GrammaticalNumber.allCases[value(.objectNumber)]
        let group = VerbGroup(
            action: value(.action),
            modality: Modality.allCases[value(.modality)],
            tense: Tense.allCases[value(.tense)],
            polarity: Polarity.allCases[value(.polarity)])

        return [
            "The",
            lexicon.agents[value(.agent)].bare(agentNumber),
            group.words(of: lexicon.actions[group.action], agreeingWith: agentNumber),
            lexicon.objects[value(.object)].indefinite(objectNumber),
            lexicon.places[value(.place)],
            lexicon.times[value(.time)],
        ].joined(separator: " ") + "."
    }
}
