import Testing

@Suite struct UsageTests {
    @Test func verbsAndOptionsAreSuggested() throws {
        try Command.run("trian").expectError(64, saying: "\"trian\"", "did you mean \"train\"?")
        try Command.run("tokenize", "encoed").expectError(
            64, saying: "textvae tokenize", "did you mean \"encode\"?")
        try Command.run("encode", "--modle", "x").expectError(
            64, saying: "\"--modle\"", "did you mean \"--model\"?", "textvae encode --help")
        try Command.run("list", "estimator").expectError(64, saying: "did you mean \"estimators\"?")
        try Command.run("train", "x", "--output", "y", "--level", "wrod").expectError(
            64, saying: "'wrod'", "did you mean \"word\"?")
        try Command.run("config", "show", "--preset", "tinny").expectError(
            64, saying: "did you mean \"tiny\"?")
    }

    @Test(arguments: [
        ["encode"], ["train", "corpus.txt"], ["train", "--output", "run"],
        ["encode", "--model", "m", "--format", "parquet"],
        ["encode", "--model", "m", "--batch-size", "0"],
        ["encode", "--model", "m", "--threads", "0"],
        ["decode", "--model", "m", "--temperature", "0"],
        ["decode", "--model", "m", "--top-p", "2"],
        ["decode", "--model", "m", "--top-k", "0"],
        ["decode", "--model", "m", "--beam", "4", "--temperature", "1"],
        ["decode", "--model", "m", "--length-penalty", "1"],
        ["sample", "--model", "m", "--count", "-1"],
        ["interpolate", "--model", "m", "a", "b", "--steps", "1"],
        ["inspect", "--model", "m", "--latent", "1"],
        ["scenes", "generate", "--count", "99999999"],
        ["scenes", "generate", "--count", "9000000", "--skip", "9000000"],
        ["tokenize", "train", "x", "--output", "y", "--locale", "not a locale"],
        ["config", "show", "--set", "model.latent_count"],
    ])
    func wrongUsage(_ arguments: [String]) throws {
        try Command.run(arguments).expectError(64)
    }

    @Test func missingInput() throws {
        let model = try TinyModel.get()
        let scratch = try Scratch()
        let missing = scratch["missing"]
        for arguments in [
            ["encode", "--model", missing], ["sample", "--model", missing],
            ["encode", "--model", model.path, missing],
            ["decode", "--model", model.path, "--format", "npy", missing],
            ["evaluate", "--model", model.path, missing],
            ["train", missing, "--output", scratch["run"]],
            ["train", model.corpus, "--valid", missing, "--output", scratch["run"]],
            ["train", model.corpus, "--output", scratch["run"], "--resume"],
            ["train", model.corpus, "--output", scratch["run"], "--config", missing + ".json"],
            ["tokenize", "train", missing, "--output", scratch["t.json"]],
            ["tokenize", "encode", "--tokenizer", missing],
            ["config", "validate", missing],
            ["scenes", "parse", missing],
        ] {
            try Command.run(arguments).expectError(66, saying: scratch.path)
        }
        #expect(!scratch.has("run"))
        #expect(!scratch.has("t.json"))
    }

    @Test func fullDisk() throws {
        for arguments in [
            ["scenes", "generate", "--count", "10000"], ["list", "presets"], ["--help"],
            ["config", "show"],
        ] {
            let run = try Command.run(arguments, outputPath: "/dev/full")
            #expect(run.status == 74)
        }
    }

    @Test func closedPipe() throws {
        let process = try Running(["scenes", "generate", "--count", "200000"], outputPath: nil)
        #expect(try process.wait().status == 0)
        let shell = try Shell.run("'\(Command.path)' scenes generate --count 200000 | head -n 2")
        #expect(shell.output.split(separator: "\n").count == 2)
        #expect(shell.errors.isEmpty)
    }

    @Test func threadsOfTheEnvironment() throws {
        let model = try TinyModel.get()
        let shell = try Shell.run(
            "TEXTVAE_THREADS=many '\(Command.path)' sample --model '\(model.path)'")
        #expect(shell.status == 64)
        #expect(shell.errors.contains("TEXTVAE_THREADS"))
    }
}
