import ArgumentParser
import Glibc
import Training

struct ConfigValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check a configuration file: every problem at once, or nothing.",
        discussion: """
            EXAMPLES:
              textvae config validate experiment.yaml
              textvae config validate model/config.json && echo fine
            """)

    @Argument(
        help: "A JSON or YAML file.", completion: .file(extensions: ["json", "yaml", "yml"]))
    var file: String

    func run() throws {
        guard access(file, R_OK) == 0 else {
            throw UserError.noInput("cannot open '\(file)': \(String(cString: strerror(errno)))")
        }
        _ = try ExperimentConfig.resolve(file: file)
    }
}
