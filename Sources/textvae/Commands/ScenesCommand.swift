import ArgumentParser

struct ScenesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenes",
        abstract: "A corpus with known factors: generate and parse.",
        discussion: """
            EXAMPLES:
              textvae scenes generate --count 20000 --seed 1 > scenes.txt
              textvae sample --model model --count 1000 | textvae scenes parse
            """,
        subcommands: [ScenesGenerateCommand.self, ScenesParseCommand.self])
}
