import Testing

@Suite struct ConfigTests {
    @Test func showIsWhatConfigTakes() throws {
        let scratch = try Scratch()
        let shown = try Command.run(
            "config", "show", "--preset", "tiny", "--set", "model.latent_count=7", "--output",
            scratch["c.json"]
        ).succeeded()
        #expect(shown.output.isEmpty)
        let again = try Command.run("config", "show", "--config", scratch["c.json"]).succeeded()
        #expect(try scratch.read("c.json") == again.output)
        #expect(again.text.contains("\"latent_count\": 7"))
        let valid = try Command.run("config", "validate", scratch["c.json"]).succeeded()
        #expect(valid.output.isEmpty && valid.errors.isEmpty)
    }

    @Test func problemsAreToldAtOnce() throws {
        let scratch = try Scratch()
        let file = try scratch.write(
            "c.json", "{\"model\": {\"latent_cout\": 3, \"category_count\": 1}, \"sed\": 1}")
        try Command.run("config", "validate", file).expectError(
            65, saying: "latent_cout", "did you mean \"latent_count\"?", "sed", "3 problems")
        try Command.run("config", "show", "--set", "model.latent_cout=3").expectError(
            64, saying: "did you mean \"latent_count\"?")
        let broken = try scratch.write("b.json", "{\"seed\": 1,}")
        try Command.run("config", "validate", broken).expectError(65, saying: "b.json")
    }

    @Test func runsShowTheirOwn() throws {
        let model = try TinyModel.get()
        let shown = try Command.run("config", "show", "--config", model.path + "/config.json")
        #expect(try shown.succeeded().output == model.scratch.read("model/config.json"))
    }

    @Test(arguments: [
        "estimators", "bottlenecks", "priors", "encoders", "decoders", "optimizers", "presets",
    ])
    func lists(_ kind: String) throws {
        let list = try Command.run("list", kind).succeeded()
        #expect(!list.lines.isEmpty)
        #expect(list.lines.allSatisfy { $0.split(separator: " ").count > 2 })
        let all = try Command.run("list").succeeded()
        #expect(all.lines.contains(kind + ":") && all.text.contains(list.text))
    }
}
