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

    /// The first option the verb does not know, with the nearest it does; the parser tells of missing ones first.
    static func unknownOption(_ arguments: [String]) -> String? {
        let help = walk(arguments).command.helpMessage(columns: 1000)
        let known = help.split { !($0.isLetter || $0 == "-") }.map(String.init)
            .filter { $0.hasPrefix("--") }
        for argument in arguments.prefix(while: { $0 != "--" }) where argument.hasPrefix("--") {
            let name = String(argument.prefix { $0 != "=" })
            guard !known.contains(name) else { continue }
            return "unknown option \"\(name)\"" + Spelling.hint(for: name, among: known)
        }
        return nil
    }

    private static func walk(
        _ arguments: [String]
    ) -> (command: any ParsableCommand.Type, path: String, problem: String?) {
        var command: any ParsableCommand.Type = TextVAE.self
        var path = "textvae"
        for argument in arguments {
            let verbs = command.configuration.subcommands
            guard !verbs.isEmpty, !argument.hasPrefix("-"), argument != "help" else { break }
            let names = verbs.compactMap { $0.configuration.commandName }
            guard let next = verbs.first(where: { $0.configuration.commandName == argument }) else {
                return (
                    command, path,
                    "\"\(argument)\" is no verb of \(path)"
                        + Spelling.hint(for: argument, among: names) + "; known: "
                        + names.joined(separator: ", ")
                )
            }
            command = next
            path += " " + argument
        }
        return (command, path, nil)
    }
}
