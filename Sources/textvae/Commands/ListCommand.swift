import ArgumentParser
import Configuration
import DVAE
import SeqModel
import Training

/// What there is to choose from.
enum ComponentList: String, CaseIterable {
    case estimators, bottlenecks, priors, encoders, decoders, optimizers, presets, recipes

    /// Name and summary of each.
    var entries: [(name: String, summary: String)] {
        switch self {
        case .estimators: EstimatorKind.builtIn.entries.map { ($0.type, $0.summary) }
        case .bottlenecks: BottleneckKind.builtIn.entries.map { ($0.type, $0.summary) }
        case .priors: PriorKind.builtIn.entries.map { ($0.type, $0.summary) }
        case .encoders: EncoderKind.builtIn.entries.map { ($0.type, $0.summary) }
        case .decoders: DecoderKind.builtIn.entries.map { ($0.type, $0.summary) }
        case .optimizers: OptimizerKind.builtIn.entries.map { ($0.type, $0.summary) }
        case .presets: Preset.builtIn.map { ($0.name, $0.summary) }
        case .recipes: Recipe.builtIn.map { ($0.name, $0.summary) }
        }
    }
}

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what a configuration can choose from.",
        discussion: """
            EXAMPLES:
              textvae list
              textvae list estimators
              textvae list recipes
              textvae train a.txt -o model --set objective.estimator.type=reinforce
            """)

    @Argument(
        help:
            "estimators, bottlenecks, priors, encoders, decoders, optimizers, presets or recipes; all of them if not given.",
        completion: .words(of: ComponentList.self), transform: keyword)
    var kind: ComponentList?

    func run() throws {
        let text =
            kind.map(Self.table)
            ?? ComponentList.allCases
            .map { "\($0.rawValue):\n" + Self.table($0) }.joined(separator: "\n")
        try OutputOptions.print { try $0.write(text) }
    }

    private static func table(_ kind: ComponentList) -> String {
        var table = Table()
        for entry in kind.entries { table.add(entry.name, entry.summary) }
        return table.text
    }
}
