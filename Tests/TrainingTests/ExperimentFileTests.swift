import Testing

@testable import Training

@Suite struct ExperimentFileTests {
    static let assignments = [
        [], ["objective.estimator.type=gumbel_softmax", "learning_rate.peak=5e-05"],
        ["tokenizer.locale=sv", "tokenizer.minimum_frequency=18446744073709551615"],
        ["objective.kl_weight=0.1", "seed=18446744073709551615", "optimizer.type=sgd"],
    ]

    @Test(arguments: assignments)
    func writtenFilesComeBack(sets: [String]) throws {
        let folder = try ExperimentFolder()
        let config = try ExperimentConfig.resolve(sets: sets)
        let bytes = try config.configJSON()
        let path = try folder.write(bytes, "config.json")
        let back = try ExperimentConfig(contentsOf: path)
        #expect(back == config)
        #expect(try back.configJSON() == bytes)
        #expect(try config.differences(from: back) == [])
        #expect(try ExperimentConfig.resolve(preset: "base", file: path) == config)
    }

    @Test func fileBeginsWithItsFormat() throws {
        let text = String(decoding: try ExperimentConfig().configJSON(), as: UTF8.self)
        #expect(
            text.hasPrefix(
                "{\n  \"format\": 1,\n  \"textvae\": \"\(ExperimentConfig.libraryVersion)\",\n"
                    + "  \"seed\": 1,\n  \"tokenizer\": {\n    \"level\": \"word\","))
        #expect(text.hasSuffix("}\n"))
        #expect(text.contains("\"minimum_frequency\": null"))
    }

    @Test func filesMustBeWhole() throws {
        let folder = try ExperimentFolder()
        let text = String(decoding: try ExperimentConfig().configJSON(), as: UTF8.self)
        func message(_ old: String, _ new: String) throws -> String? {
            #expect(text.contains(old))
            let path = try folder.write(text.replacing(old, with: new), "config.json")
            return experimentMessage { try ExperimentConfig(contentsOf: path) }?
                .replacing(path, with: "config.json")
        }
        #expect(
            try message("  \"seed\": 1,\n", "")
                == "configuration: seed: missing (from config.json)")
        #expect(
            try message("\"format\": 1", "\"format\": 2")
                == "configuration: format: got the number 2, want 1; another version of textvae "
                + "wrote it (from config.json)")
        #expect(
            try message("  \"format\": 1,\n", "")
                == "configuration: format: missing, want 1 (from config.json)")
        #expect(try message("\"seed\"", "\"sead\"")?.contains("did you mean \"seed\"?") == true)
    }

    @Test func differencesNameKeys() throws {
        let small = try ExperimentConfig.resolve()
        let other = try ExperimentConfig.resolve(
            sets: ["training.steps=5", "objective.estimator.type=rloo"])
        #expect(
            try small.differences(from: other).contains(
                "training.steps: \(small.training.steps) → 5"))
        #expect(
            try small.differences(from: other).contains(
                "objective.estimator.type: \"\(small.objective.estimator.type)\" → \"rloo\""))
    }

    @Test func yamlMeansWhatJSONMeans() throws {
        let folder = try ExperimentFolder()
        let yaml = try folder.write(
            """
            # A comment.
            seed: 7
            tokenizer: {level: character, case_folding: true, locale: no}
            "objective":
              estimator:
                type: 'rloo'
                sample_count: 8
              kl_weight: {start: 0, end: 1e-1, steps: 10}
            learning_rate:
              peak: 0.001
              shape: constant
            """, "run.yaml")
        let json = try folder.write(
            """
            {"seed": 7, "tokenizer": {"level": "character", "case_folding": true, "locale": "no"},
             "objective": {"estimator": {"type": "rloo", "sample_count": 8},
                           "kl_weight": {"start": 0, "end": 1e-1, "steps": 10}},
             "learning_rate": {"peak": 0.001, "shape": "constant"}}
            """, "run.json")
        #expect(try ConfigurationFile.read(yaml) == ConfigurationFile.read(json))
        let config = try ExperimentConfig.resolve(file: yaml)
        #expect(config == (try ExperimentConfig.resolve(file: json)))
        #expect(config.tokenizer.locale == "no")
        let empty = try folder.write("# nothing\n", "empty.yaml")
        #expect(try ExperimentConfig.resolve(file: empty) == ExperimentConfig.resolve())
    }

    /// The weight of the bag of words once stood with the objective.
    @Test func movedKeysAreRead() throws {
        let folder = try ExperimentFolder()
        var config = ExperimentConfig()
        config.training.bagOfWordsWeight = 0.5
        let text = String(decoding: try config.configJSON(), as: UTF8.self)
        let new = "    \"bag_of_words_weight\": 0.5,\n"
        let bonus = "    \"entropy_bonus\": 0.0\n"
        #expect(text.contains(new) && text.contains(bonus))
        let old = text.replacing(new, with: "").replacing(
            bonus, with: "    \"entropy_bonus\": 0.0,\n    \"bag_of_words\": 0.5\n")
        let path = try folder.write(old, "config.json")
        #expect(try ExperimentConfig(contentsOf: path) == config)
        #expect(try ExperimentConfig.resolve(file: path) == config)
        let part = try folder.write("objective: {bag_of_words: 0.25}\n", "part.yaml")
        #expect(try ExperimentConfig.resolve(file: part).training.bagOfWordsWeight == 0.25)
        let both = try folder.write(
            "objective: {bag_of_words: 0.25}\ntraining: {bag_of_words_weight: 0.5}\n", "both.yaml")
        #expect(
            experimentMessage { try ExperimentConfig.resolve(file: both) }?
                .contains("objective.bag_of_words: unknown") == true)
    }

    @Test func unreadableFilesAreProblems() throws {
        #expect(
            experimentMessage { try ExperimentConfig.resolve(file: "run.toml") }?
                .contains("want a file named .json, .yaml or .yml") == true)
        #expect(
            experimentMessage { try ExperimentConfig.resolve(preset: "no", file: "/absent.json") }?
                .hasPrefix("configuration: 2 problems\n  cannot open '/absent.json'") == true)
    }
}
