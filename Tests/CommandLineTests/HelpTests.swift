import Foundation
import Testing

@testable import textvae

@Suite struct HelpTests {
    /// Every verb, groups included, as it is typed.
    static let verbs: [[String]] = {
        func below(_ command: [String: Any], _ path: [String]) -> [[String]] {
            let verbs = command["subcommands"] as? [[String: Any]] ?? []
            return [path]
                + verbs.flatMap { verb -> [[String]] in
                    let name = verb["commandName"] as? String ?? "?"
                    return name == "help" ? [] : below(verb, path + [name])
                }
        }
        guard let run = try? Command.run("--experimental-dump-help"),
            let tree = try? JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any],
            let root = tree["command"] as? [String: Any]
        else { return [] }
        return below(root, [])
    }()

    @Test(arguments: verbs) func examplesComeFirst(_ verb: [String]) throws {
        let help = try Command.run(verb + ["--help"]).succeeded()
        #expect(help.errors.isEmpty)
        #expect(help.lines.count > 4)
        #expect(help.lines[0].hasPrefix("OVERVIEW: "))
        // The overview fits a line, and what follows it is an example of the verb itself.
        #expect(help.lines[1].isEmpty)
        #expect(help.lines[2] == "EXAMPLES:")
        #expect(help.lines[3].contains((["textvae"] + verb).joined(separator: " ")))
        // No example is wrapped: it can be copied.
        #expect(help.lines[3...].prefix { !$0.isEmpty }.allSatisfy { $0.hasPrefix("  ") })
        #expect(help.lines.allSatisfy { $0.hasPrefix("USAGE:") || $0.count <= 80 })
    }

    @Test func thereAreVerbs() {
        #expect(Self.verbs.contains(["train"]))
        #expect(Self.verbs.contains(["tokenize", "train"]))
        #expect(Self.verbs.count >= 20)
    }

    @Test func versionAndCompletions() throws {
        #expect(try Command.run("--version").succeeded().text == "\(TextVAE.version)\n")
        for shell in ["bash", "zsh", "fish"] {
            let script = try Command.run("--generate-completion-script", shell).succeeded()
            #expect(script.text.contains("interpolate"))
        }
    }
}
