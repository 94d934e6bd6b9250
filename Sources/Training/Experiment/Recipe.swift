import Configuration
import Files

/// A named set of remedies against codes that say nothing, over any preset.
public struct Recipe: Sendable {
    /// The name, as in `--recipe cyclical`.
    public let name: String
    /// One line for lists and help.
    public let summary: String
    /// What it sets over the preset, for a run of so many steps.
    public let values: @Sendable (_ steps: Int) -> JSONValue

    /// A recipe.
    public init(
        name: String, summary: String, values: @escaping @Sendable (_ steps: Int) -> JSONValue
    ) {
        self.name = name
        self.summary = summary
        self.values = values
    }

    /// The recipe of a name.
    ///
    /// - Throws: ``ConfigurationError/unknownType(kind:got:known:)`` naming the known ones.
    public static func named(_ name: String) throws -> Recipe {
        if let recipe = builtIn.first(where: { $0.name == name }) { return recipe }
        throw ConfigurationError.unknownType(
            kind: "recipe", got: name, known: builtIn.map(\.name))
    }

    func apply(to layers: inout ConfigurationLayers, steps: Int) {
        layers.apply(values(steps), from: "recipe \(name)")
    }
}

extension Recipe {
    /// The recipes that come with the library.
    public static let builtIn = [
        Recipe(
            name: "standard", summary: "the preset as it is: KL weight rising, free bits"
        ) { _ in [:] },
        Recipe(
            name: "free-bits", summary: "2 nats of every latent are free, the rest is cheap"
        ) { steps in
            [
                "objective": [
                    "free_bits": 2.0, "kl_weight": ramp(0, 0.1, steps: steps / 3),
                ]
            ]
        },
        Recipe(
            name: "cyclical", summary: "the KL weight rises from 0 four times (Fu et al. 2019)"
        ) { steps in
            [
                "objective": [
                    "kl_weight": ramp(0, 0.5, steps: steps * 4 / 5, cycles: 4, ratio: 0.5)
                ]
            ]
        },
        Recipe(
            name: "target-kl", summary: "a controller holds the codes at 2 bits each (ControlVAE)"
        ) { _ in
            ["objective": ["target_kl": ["bits_per_code": 2.0], "free_bits": 0.0]]
        },
        Recipe(
            name: "batch-prior",
            summary: "KL of the batch's mean posterior: information is free (DI-VAE)"
        ) { steps in
            [
                "objective": [
                    "kl_term": "aggregate", "free_bits": 0.0,
                    "kl_weight": ramp(0, 1, steps: steps / 10),
                ]
            ]
        },
        Recipe(
            name: "pretrain",
            summary: "an autoencoder first, then a new decoder with KL (Li et al. 2019)"
        ) { steps in
            [
                "training": ["pretraining_steps": whole(steps / 4)],
                "objective": ["kl_weight": ramp(0, 0.3, steps: steps / 3), "free_bits": 1.0],
            ]
        },
        Recipe(
            name: "bag-of-words",
            summary: "the codes must also tell the words at once; half the words are hidden"
        ) { _ in
            [
                "training": ["bag_of_words_weight": 0.5],
                "model": ["decoder": ["word_dropout": 0.5]],
            ]
        },
        Recipe(
            name: "uniform-mix",
            summary: "1 % of every posterior is uniform, and idle categories are called"
        ) { _ in
            ["objective": ["uniform_mix": 0.01, "entropy_bonus": 1.0]]
        },
    ]

    private static func ramp(
        _ start: Double, _ end: Double, steps: Int, cycles: Int = 1, ratio: Double = 1
    ) -> JSONValue {
        [
            "start": .number("\(start)"), "end": .number("\(end)"), "steps": whole(steps),
            "shape": "linear", "cycles": whole(cycles), "ratio": .number("\(ratio)"),
        ]
    }

    private static func whole(_ value: Int) -> JSONValue { .int(value) }
}
