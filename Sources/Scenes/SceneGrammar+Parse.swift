extension SceneGrammar {
    /// The assignment a sentence was rendered from: the exact inverse of `render`.
    ///
    /// - Parameter sentence: any text. Case, punctuation and every space count.
    /// - Returns: one value index per factor, or nil when the sentence is not in the grammar.
    public func parse(_ sentence: String) -> [Int]? {
        // Within ASCII, equality of strings is equality of bytes.
        guard sentence.utf8.allSatisfy({ $0 < 0x80 }), sentence.utf8.last == UInt8(ascii: ".")
        else { return nil }
        let words = sentence.dropLast()
            .split(separator: " ", omittingEmptySubsequences: false)

        var rest = words[...]
        guard rest.popFirst() == "The",
            let agent = rest.popFirst().flatMap({ phrases.agents[String($0)] }),
            let time = phrases.times[rest.popLast(Self.timeWordCount)],
            let place = phrases.places[rest.popLast(Self.placeWordCount)],
            let object = parseObject(endOf: &rest),
            let group = phrases.verbGroups[agent.number]?[rest.joined(separator: " ")]
        else { return nil }

        return Slot.allCases.map { slot in
            switch slot {
            case .agent: return agent.noun
            case .agentNumber: return agent.number.rawValue
            case .modality: return group.modality.rawValue
            case .tense: return group.tense.rawValue
            case .polarity: return group.polarity.rawValue
            case .action: return group.action
            case .object: return object.noun
            case .objectNumber: return object.number.rawValue
            case .place: return place
            case .time: return time
            }
        }
    }

    /// Takes the object, with its article if it is singular, from the end of the words.
    private func parseObject(
        endOf words: inout ArraySlice<Substring>
    ) -> PhraseTables.Counted? {
        let noun = words.popLast(1)
        return phrases.objects[noun] ?? phrases.objects[words.popLast(1) + " " + noun]
    }
}

extension ArraySlice<Substring> {
    /// Takes the last words, as many of them as there are, as one phrase.
    fileprivate mutating func popLast(_ count: Int) -> String {
        let phrase = suffix(count).joined(separator: " ")
        removeLast(Swift.min(count, self.count))
        return phrase
    }
}
