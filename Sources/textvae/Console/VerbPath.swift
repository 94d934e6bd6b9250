import ArgumentParser
import Configuration

/// The verbs at the start of a command line, such as `textvae tokenize train`.
enum VerbPath {
    /// Refuses a verb nobody knows and names the nearest one.
    static func check(_ arguments: [String]) throws {
        if let problem = walk(arguments).problem { throw UserError.usage(problem) }
    }

    /// The known verbs in front, as a person types them.
    static func text(_ arguments: [String]) -> String { walk(arguments).path }

    private static func walk(_ arguments: [String]) -> (path: String, problem: String?) {
        var command: any ParsableCommand.Type = TextVAE.self
        var path = "textvae"
        for argument in arguments {
            let verbs = command.configuration.subcommands
            guard !verbs.isEmpty, !argument.hasPrefix("-"), argument != "help" else { break }
            let names = verbs.compactMap(\.configuration.commandName)
            guard let next = verbs.first(where: { $0.configuration.commandName == argument }) else {
                return (
                    path,
                    "\"\(argument)\" is no verb of \(path)"
                        + Spelling.hint(for: argument, among: names) + "; known: "
                        + names.joined(separator: ", ")
                )
            }
            command = next
            path += " " + argument
        }
        return (path, nil)
    }
}
