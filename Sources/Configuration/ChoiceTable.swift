import Files

/// What may stand at an object with a `type`: the names, and the defaults of each.
struct ChoiceTable: Sendable {
    /// The encoded defaults of a name, `type` included; throws an error naming the known ones.
    let template: @Sendable (_ type: String) throws -> ConfigurationTemplate
}

/// Seen by the encoder, which cannot name the family.
protocol ChoiceNode {
    func table(in registries: Registries) -> ChoiceTable
}

extension Choice: ChoiceNode {
    func table(in registries: Registries) -> ChoiceTable {
        let registry = registries.registry(for: Kind.self)
        return ChoiceTable { type in
            try ConfigurationTemplate(
                encoding: Choice(try registry.entry(type).makeDefault()), registries: registries)
        }
    }
}
