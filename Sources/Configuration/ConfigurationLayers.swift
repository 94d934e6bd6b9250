import Files

/// A configuration put together from layers, each over the one before: defaults < preset < file < assignments.
///
///     var layers = try ConfigurationLayers(defaults: ExperimentConfig())
///     layers.apply(preset, from: "preset tiny")
///     layers.apply(file, from: "run.yaml")
///     layers.assign(["training.steps=100", "objective.estimator.type=rloo"])
///     let config = try layers.decode(ExperimentConfig.self) { $0.problems }
///
/// The encoded defaults say which keys there are. Nothing is thrown before ``decode(_:problems:)``, which
/// tells everything that is wrong at once.
///
/// - An object with a `type` is a component. A layer that names another type gets the defaults of that
///   type first, and its own other keys then.
/// - A number in the place of `{"start", "end", "steps"}` is a constant.
public struct ConfigurationLayers: Sendable {
    /// The tree as it stands, members in the order their types declare them.
    public internal(set) var tree: JSONValue

    /// What is wrong so far.
    public internal(set) var problems: [String] = []

    /// Where components are chosen.
    var choices: [String: ChoiceTable]

    /// Who set what, in order.
    var changes: [Change] = []

    let registries: Registries

    /// A value set by a layer.
    struct Change: Sendable {
        let path: [String]
        let source: String
        /// What stood there before.
        let previous: JSONValue
    }

    /// How many problems are told; a file of nothing but unknown keys needs no more.
    static let maximumProblemCount = 50

    /// The lowest layer: a value of the type to be configured, with its defaults.
    public init(defaults: some Encodable, registries: Registries = Registries()) throws {
        let template = try ConfigurationTemplate(encoding: defaults, registries: registries)
        tree = template.value
        choices = template.choices
        self.registries = registries
    }

    /// Puts a tree over what stands, key by key.
    ///
    /// - Parameters:
    ///   - overlay: An object with some of the keys.
    ///   - source: What messages call it, such as its path.
    public mutating func apply(_ overlay: JSONValue, from source: String) {
        guard overlay.object != nil else {
            return note(at: [], "got \(overlay.shown), want an object", from: source)
        }
        tree = merge(overlay, onto: tree, at: [], from: source)
    }

    /// Adds a problem found elsewhere, such as a file that cannot be read.
    public mutating func note(_ problem: String) {
        if problems.count < Self.maximumProblemCount { problems.append(problem) }
    }

    /// Adds what an error found elsewhere says.
    public mutating func note(_ error: any Error) {
        guard case ConfigurationError.invalid(let problems) = error else { return note("\(error)") }
        for problem in problems { note(problem) }
    }

    mutating func note(at path: [String], _ reason: String, from source: String) {
        note(Self.line(path, reason, from: source))
    }

    static func line(_ path: [String], _ reason: String, from source: String?) -> String {
        let place = path.isEmpty ? "" : path.shown + ": "
        return place + reason + (source.map { " (from \($0))" } ?? "")
    }
}
