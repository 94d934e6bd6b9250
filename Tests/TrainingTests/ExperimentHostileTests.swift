import Testing

@testable import Training

/// Files nobody writes by accident: each is refused in a line or two, none traps.
@Suite struct ExperimentHostileTests {
    static let yaml: [(text: String, part: String)] = [
        ("seed: 1\nseed: 2", "duplicate key \"seed\""),
        ("seed: 1\n\"seed\": 2", "duplicate key \"seed\""),
        ("{a: 1, a: 2}", "duplicate key"),
        ("[1, 2]: 3", "a key must be a text"),
        ("1: 2", "1: unknown key"),
        ("a: &x [1]\nb: *x", "line 2: \"*name\" is an alias"),
        ("a: !!float 1", "the tag \"tag:yaml.org,2002:float\" is not supported"),
        ("!thing {seed: 1}", "the tag \"!thing\" is not supported"),
        ("seed: 1\n---\nseed: 2", "found another document"),
        ("seed: [1", "run.yaml\", line"),
        ("seed: 1e400", "seed: got 1e400, want a whole number"),
        ("learning_rate: {peak: 1e400}", "learning_rate.peak: got 1e400, want a number of at most"),
        ("learning_rate: {peak: .inf}", "learning_rate.peak: got \".inf\", want a number"),
        ("seed: 0x10", "seed: got \"0x10\", want a whole number"),
        ("seed: 010", "seed: got \"010\", want a whole number"),
        ("- 1", "got an array, want an object"),
        ("just text", "got \"just text\", want an object"),
        ("<<: {seed: 1}", "unknown key"),
        (String(repeating: "[", count: 100_000), "run.yaml\", line"),
        (String(repeating: "- ", count: 100_000) + "1", "run.yaml\", line"),
        (
            String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
            "nested deeper than 64 levels"
        ),
        ("a: [" + String(repeating: "1,", count: 20_000) + "1]", "too many values"),
        (String(repeating: "#", count: 300_000), "at most 262144 are allowed"),
        ("a: \"\\ud800\"", "run.yaml\""),
        ("a: \u{0}", "run.yaml\""),
        ("a: \"\\0\"", "unknown key"),
    ]

    @Test(arguments: yaml)
    func yamlIsRefused(text: String, part: String) throws {
        let folder = try ExperimentFolder()
        let path = try folder.write(text, "run.yaml")
        let message = try #require(
            experimentMessage { try ExperimentConfig.resolve(file: path) })
        #expect(message.contains(part), "\(message)")
        #expect(message.utf8.count < 2000)
    }

    static let json: [(text: String, part: String)] = [
        (#"{"seed": 1, "seed": 2}"#, "duplicate key 'seed'"),
        (#"{"seed": 1e400}"#, "seed: got 1e400, want a whole number"),
        (#"{"data": {"held_out_share": 1e400}}"#, "data.held_out_share: got 1e400, want"),
        (
            #"{"model": {"latent_count": 1e400, "category_count": -1}}"#,
            "model.category_count: got -1"
        ),
        (String(repeating: "[", count: 100_000), "nested deeper than 64 levels"),
        ("[" + String(repeating: "1,", count: 20_000) + "1]", "too many values"),
        ("", "the text ends"),
        ("null", "got null, want an object"),
        (#"{"model": null}"#, "model: got null, want an object"),
        (#"{"model": {"encoder": {"type": null}}}"#, "model.encoder.type: got null, want a text"),
        (#"{"model": {"encoder": {"layer_count": 99999999999999999999}}}"#, "layer_count: got"),
    ]

    @Test(arguments: json)
    func jsonIsRefused(text: String, part: String) throws {
        let folder = try ExperimentFolder()
        let path = try folder.write(text, "run.json")
        for message in [
            experimentMessage { try ExperimentConfig.resolve(file: path) },
            experimentMessage { try ExperimentConfig(contentsOf: path) },
        ] {
            #expect(message != nil)
        }
        let message = experimentMessage { try ExperimentConfig.resolve(file: path) }
        #expect(message?.contains(part) == true, "\(message ?? "")")
    }

    @Test func invalidUTF8IsRefused() throws {
        let folder = try ExperimentFolder()
        let path = try folder.write([0x61, 0x3A, 0xFF], "run.yaml")
        #expect(
            experimentMessage { try ExperimentConfig.resolve(file: path) }
                == "configuration: \"\(path)\": invalid UTF-8")
    }

    @Test func starsInWordsAreNoAliases() throws {
        let folder = try ExperimentFolder()
        let path = try folder.write("seed: 3 # 2*3, a * b\n", "run.yaml")
        #expect(try ExperimentConfig.resolve(file: path).seed == 3)
    }
}
