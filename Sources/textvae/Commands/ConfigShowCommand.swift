import ArgumentParser

struct ConfigShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the configuration that train would use with the same flags.",
        discussion: """
            EXAMPLES:
              textvae config show
              textvae config show --preset base --level character
              textvae config show --set objective.free_bits=1 > experiment.json

            Every key can be set by --set, and the output can be given back by --config.
            """)

    @OptionGroup var experiment: ExperimentOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let config = try experiment.resolve()
        try output.write { try $0.write(config.configJSON()) }
    }
}
