import Configuration
import Files
import Tokenize

/// A named configuration: what it sets over the defaults.
public struct Preset: Sendable {
    /// The name, as in `--preset tiny`.
    public let name: String
    /// One line for lists and help.
    public let summary: String
    /// What it sets.
    public let values: JSONValue
    /// What it sets besides where a token is a character or a byte: sequences are longer, the vocabulary is small.
    public let spelledValues: JSONValue

    /// A preset.
    public init(name: String, summary: String, values: JSONValue, spelledValues: JSONValue = [:]) {
        self.name = name
        self.summary = summary
        self.values = values
        self.spelledValues = spelledValues
    }

    /// The preset of a name.
    ///
    /// - Throws: `ConfigurationError/unknownType(kind:got:known:)` naming the known ones.
    public static func named(_ name: String) throws -> Preset {
        if let preset = builtIn.first(where: { $0.name == name }) { return preset }
        throw ConfigurationError.unknownType(
            kind: "preset", got: name, known: builtIn.map(\.name))
    }

    func apply(to layers: inout ConfigurationLayers, level: TokenLevel) {
        layers.apply(values, from: "preset \(name)")
        switch level {
        case .character, .byte:
            layers.apply(spelledValues, from: "preset \(name) at the \(level) level")
        case .word, .whitespace: break
        }
    }
}
