extension Preset {
    /// The name of the preset in force when none is named.
    public static let standardName = "small"

    /// The presets that come with the library, smallest first.
    public static let builtIn = [
        Preset(
            name: "tiny", summary: "D=16 K=16, GRU 128/256: short sentences, minutes on a laptop",
            values: [
                "model": [
                    "latent_count": 16, "category_count": 16, "code_embedding_size": 32,
                    "condition_size": 256, "embedding_size": 128, "maximum_length": 64,
                    "pooling": ["window_width": 0.0, "reads_tokens": true],
                    "encoder": ["type": "gru", "hidden_size": 128, "dropout": 0.0],
                    "decoder": [
                        "type": "gru", "hidden_size": 256, "attention_size": 0,
                        "dropout": 0.0, "word_dropout": 0.0,
                    ],
                ],
                "objective": [
                    "estimator": [
                        "type": "gumbel_softmax",
                        "temperature": ["start": 1.0, "end": 0.3, "steps": 6000],
                    ],
                    "kl_weight": ["start": 0.0, "end": 0.5, "steps": 3000], "free_bits": 0.25,
                ],
                "learning_rate": ["peak": 0.002],
                "training": ["steps": 9000, "evaluation_interval": 1000, "save_interval": 1000],
            ],
            spelledValues: ["model": ["embedding_size": 64, "maximum_length": 256]]),
        Preset(
            name: "small", summary: "D=32 K=32, GRU 256/512: the default, ten minutes on two cores",
            values: [
                "model": [
                    "latent_count": 32, "category_count": 32, "length_latent_count": 2,
                    "code_embedding_size": 64,
                    "condition_size": 512, "embedding_size": 256, "maximum_length": 128,
                    "encoder": ["type": "gru", "hidden_size": 256, "dropout": 0.2],
                    "decoder": [
                        "type": "gru", "hidden_size": 512, "dropout": 0.2, "word_dropout": 0.1,
                    ],
                ],
                "objective": [
                    "kl_weight": ["start": 0.0, "end": 0.1, "steps": 1500], "free_bits": 0.5,
                    "entropy_bonus": 0.5,
                ],
                "learning_rate": ["peak": 0.001],
                "training": ["steps": 8500],
            ],
            spelledValues: [
                "model": ["embedding_size": 128, "maximum_length": 256],
                "training": ["steps": 5000],
            ]),
        Preset(
            name: "base", summary: "D=48 K=32, GRU 512/1024: a large corpus and hours",
            values: [
                "model": [
                    "latent_count": 48, "category_count": 32, "length_latent_count": 2,
                    "code_embedding_size": 64,
                    "condition_size": 1024, "embedding_size": 512, "maximum_length": 128,
                    "encoder": ["type": "gru", "hidden_size": 512, "dropout": 0.2],
                    "decoder": [
                        "type": "gru", "hidden_size": 1024, "dropout": 0.2, "word_dropout": 0.1,
                    ],
                ],
                "objective": [
                    "kl_weight": ["start": 0.0, "end": 0.1, "steps": 3000], "free_bits": 0.5,
                    "entropy_bonus": 0.5,
                ],
                "learning_rate": ["peak": 0.001],
                "training": ["steps": 30_000, "evaluation_interval": 1000, "save_interval": 1000],
            ],
            spelledValues: ["model": ["embedding_size": 128, "maximum_length": 256]]),
    ]
}
