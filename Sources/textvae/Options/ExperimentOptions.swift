import ArgumentParser
import Glibc
import Tokenize
import Training

/// The configuration of a run: defaults < preset < recipe < file < everyday flags and assignments.
struct ExperimentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "tiny, small (the default) or base; textvae list presets says more.", valueName: "name"),
        completion: .list(Preset.builtIn.map(\.name)))
    var preset: String?

    @Option(
        help: ArgumentHelp(
            "Remedies over the preset, such as free-bits; textvae list recipes says more.",
            valueName: "name"),
        completion: .list(Recipe.builtIn.map(\.name)))
    var recipe: String?

    @Option(
        help: "What a token is: word (the default), character, whitespace or byte.",
        completion: .words(of: TokenLevel.self), transform: keyword)
    var level: TokenLevel?

    @Option(
        help: ArgumentHelp(
            "A JSON or YAML file with some of the keys, such as the config.json of another run.",
            valueName: "file"),
        completion: .file(extensions: ["json", "yaml", "yml"]))
    var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Any key of textvae config show, such as model.latent_count=48; repeatable.",
            valueName: "key.path=value"))
    var assignments: [String] = []

    /// Whether nothing was asked for.
    var isEmpty: Bool {
        preset == nil && recipe == nil && level == nil && config == nil && assignments.isEmpty
    }

    /// The resolved and checked whole.
    ///
    /// - Parameters:
    ///   - base: a file that stands in for `--config` where there is none.
    ///   - extra: assignments of everyday flags.
    func resolve(over base: String? = nil, adding extra: [String] = []) throws -> ExperimentConfig {
        if let config, access(config, R_OK) != 0 {
            throw UserError.noInput("cannot open '\(config)': \(String(cString: strerror(errno)))")
        }
        do {
            return try ExperimentConfig.resolve(
                preset: preset, recipe: recipe, level: level, file: config ?? base,
                sets: assignments + extra)
        } catch {
            // Without a file all of it was said by flags.
            guard config == nil, base == nil else { throw error }
            throw UserError.usage("\(error)")
        }
    }
}
