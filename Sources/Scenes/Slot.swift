/// The place of each factor in an assignment.
enum Slot: Int, CaseIterable {
    case agent, agentNumber, modality, tense, polarity
    case action, object, objectNumber, place, time

    var name: String {
        switch self {
        case .agentNumber: return "agent_number"
        case .objectNumber: return "object_number"
        default: return "\(self)"
        }
    }

    func valueNames(in lexicon: Lexicon) -> [String] {
        switch self {
        case .agent: return lexicon.agents.map(\.singular)
        case .agentNumber, .objectNumber: return GrammaticalNumber.allCases.map { "\($0)" }
        case .modality: return Modality.allCases.map { "\($0)" }
        case .tense: return Tense.allCases.map { "\($0)" }
        case .polarity: return Polarity.allCases.map { "\($0)" }
        case .action: return lexicon.actions.map(\.base)
        case .object: return lexicon.objects.map(\.singular)
        case .place: return lexicon.places
        case .time: return lexicon.times
        }
    }
}
