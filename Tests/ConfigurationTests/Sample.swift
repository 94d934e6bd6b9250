import Configuration

/// A family of shapes, for tests of choices.
protocol Figure: RegisteredComponent {}

struct Disc: Figure, Equatable {
    static let type = "disc"
    static let summary = "round"
    var radius: Float = 1
    init() {}
}

struct Box: Figure, Equatable {
    static let type = "box"
    static let summary = "square"
    var width: Float = 2
    var cornerCount = 4
    init() {}
}

/// A component with a choice inside.
struct Frame: Figure {
    static let type = "frame"
    static let summary = "around another"
    var border = 1
    var inner = Choice<FigureKind>(Disc())
    init() {}
}

/// Known to no built-in registry.
struct Star: Figure {
    static let type = "star"
    static let summary = "added by a user"
    var points = 5
    init() {}
}

enum FigureKind: ComponentKind {
    static let builtIn = Registry<any Figure>(
        kind: "figure",
        [.init(Disc.self) { $0 }, .init(Box.self) { $0 }, .init(Frame.self) { $0 }])
    static func registered(_ component: any Figure) -> any RegisteredComponent { component }
}

enum Colour: String, Codable, CaseIterable { case red, green, darkBlue = "dark_blue" }

/// A line, written as an object and read from a number too.
struct Line: Codable, Equatable {
    var start: Float = 0
    var end: Float = 1
    var steps = 10
}

struct Inner: Codable, Equatable {
    var batchSize = 8
    var rate: Float = 0.1
    var share = 0.05
    var line = Line()
}

/// Every kind of value a configuration may have.
struct Sample: Codable {
    var seed: UInt64 = 1
    var name = "plain"
    var isLoud = false
    var colour = Colour.red
    var note: String?
    var limit: UInt64?
    var sizes = [1, 2]
    var figure = Choice<FigureKind>(Disc())
    var inner = Inner()

    var problems: [String] {
        inner.batchSize > 0 ? [] : ["inner.batch_size: got \(inner.batchSize), want 1 or more"]
    }
}

extension ConfigurationLayers {
    /// Layers of a sample and these assignments.
    static func sample(_ assignments: String...) throws -> ConfigurationLayers {
        var layers = try ConfigurationLayers(defaults: Sample())
        layers.assign(assignments)
        return layers
    }

    func sample() throws -> Sample { try decode(Sample.self) { $0.problems } }

    /// The problems of a sample; none where it is valid.
    func sampleProblems() -> [String] {
        do {
            _ = try sample()
            return []
        } catch ConfigurationError.invalid(let problems) {
            return problems
        } catch {
            return ["\(error)"]
        }
    }
}
