import Configuration
import Files
import Tokenize

extension ExperimentConfig {
    /// The configuration of a run: defaults < preset < recipe < file < level and assignments.
    ///
    /// - Parameters:
    ///   - preset: A name of ``Preset/builtIn``; nil is ``Preset/standardName``.
    ///   - recipe: A name of ``Recipe/builtIn``; nil is none.
    ///   - level: Sets `tokenizer.level`. Presets adapt to the level, whoever sets it.
    ///   - file: A JSON or YAML file with some of the keys, such as the `config.json` of another run.
    ///   - sets: `key.path=value` each.
    ///   - registries: The components to choose from, where not the built-in ones.
    /// - Throws: `ConfigurationError/invalid(problems:)` with everything that is wrong.
    public static func resolve(
        preset: String? = nil, recipe: String? = nil, level: TokenLevel? = nil, file: String? = nil,
        sets: [String] = [],
        registries: Registries = Registries()
    ) throws -> ExperimentConfig {
        var layers = try ConfigurationLayers(
            defaults: ExperimentConfig(), registries: registries)
        var overlay: JSONValue = [:]
        if let file {
            do {
                overlay = try ConfigurationFile.read(file)
                overlay = try ConfigurationFile.withoutHeader(overlay, source: file)
            } catch {
                layers.note(error)
            }
        }
        func applyUpperLayers(to layers: inout ConfigurationLayers) {
            if let file { layers.apply(overlay, from: file) }
            if let level { layers.assign(["tokenizer.level=\(level.rawValue)"], from: "--level") }
            layers.assign(sets)
        }
        // The level decides what a preset sets, and stands above it: look ahead.
        var ahead = layers
        applyUpperLayers(to: &ahead)
        do {
            try Preset.named(preset ?? Preset.standardName)
                .apply(to: &layers, level: ahead.tokenLevel)
        } catch {
            layers.note(error)
        }
        if let recipe {
            // So do the steps with what a recipe sets.
            ahead = layers
            applyUpperLayers(to: &ahead)
            do {
                try Recipe.named(recipe).apply(to: &layers, steps: ahead.stepCount)
            } catch {
                layers.note(error)
            }
        }
        applyUpperLayers(to: &layers)
        return try layers.decode(ExperimentConfig.self) { $0.problems }
    }
}

extension ConfigurationLayers {
    /// The steps as they stand; the default's where they are no number.
    fileprivate var stepCount: Int {
        tree["training"]?["steps"]?.int ?? TrainingConfig().steps
    }

    /// The level as it stands; the default's where it is none.
    fileprivate var tokenLevel: TokenLevel {
        tree["tokenizer"]?["level"]?.string.flatMap(TokenLevel.init) ?? TokenizerConfig().level
    }
}
