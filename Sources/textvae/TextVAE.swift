import ArgumentParser
import Glibc
import Tokenize
import Training

/// The command `textvae`: turns every outcome into an exit status and, for failures, one line on standard error.
@main
struct TextVAE: ParsableCommand {
    static let version = ExperimentConfig.libraryVersion

    static let configuration = CommandConfiguration(
        commandName: "textvae",
        abstract: "Text ⇄ codes: train, use and judge discrete text autoencoders.",
        discussion: """
            EXAMPLES:
              textvae scenes generate --count 20000 > scenes.txt
              textvae train scenes.txt --output model --preset tiny
              textvae encode --model model < scenes.txt > codes.txt
              textvae decode --model model < codes.txt

            Text is one record a line, from files or standard input. Results go to standard output, all else to \
            standard error.

            EXIT STATUS:
              0    done
              1    failure
              64   wrong usage
              65   bad data
              66   missing input
              74   input/output error
              130  interrupted, 143 terminated: a training run has saved itself

            SHELL COMPLETION:
              textvae --generate-completion-script bash
              (or zsh, fish) prints a script for your shell.

            ENVIRONMENT:
              TEXTVAE_THREADS is the default of --threads.
              XDG_CACHE_HOME (default: ~/.cache): compiled word rules are kept in its
              folder textvae, so that the next start takes half the time.
            """,
        version: version,
        subcommands: [
            TrainCommand.self, TrainPriorCommand.self, EvaluateCommand.self,
            EvaluateSamplesCommand.self, FactorsCommand.self, ProbeCommand.self,
            EncodeCommand.self, DecodeCommand.self,
            ReconstructCommand.self, SampleCommand.self, InterpolateCommand.self,
            InspectCommand.self, TokenizeCommand.self, ConfigCommand.self, ListCommand.self,
            ScenesCommand.self,
        ])

    static func main() {
        // A reader that goes away, such as `head`, is reported by write(2) and ends the command quietly.
        signal(SIGPIPE, SIG_IGN)
        RuleCache.shared = .ofUser()
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            try VerbPath.check(arguments)
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch {
            Glibc.exit(Outcome(of: error, arguments: arguments).show().rawValue)
        }
    }
}
