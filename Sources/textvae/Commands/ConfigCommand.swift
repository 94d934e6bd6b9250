import ArgumentParser

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show and check configurations.",
        discussion: """
            EXAMPLES:
              textvae config show --preset tiny --set model.latent_count=24
              textvae config validate experiment.yaml
            """,
        subcommands: [ConfigShowCommand.self, ConfigValidateCommand.self])
}
