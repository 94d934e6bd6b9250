import Foundation
import Testing

@Suite struct PriorTests {
    /// The tiny model in a folder of its own, which a prior may be put into.
    private func copy() throws -> (scratch: Scratch, path: String) {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(
            atPath: scratch["model"], withIntermediateDirectories: true)
        let model = try TinyModel.get()
        for name in ["config.json", "tokenizer.json", "model.safetensors"] {
            try FileManager.default.copyItem(
                atPath: model.path + "/" + name, toPath: scratch["model"] + "/" + name)
        }
        return (scratch, scratch["model"])
    }

    @Test func isLearnedAndUsed() throws {
        let (scratch, path) = try copy()
        defer { withExtendedLifetime(scratch) {} }
        let corpus = try TinyModel.get().corpus
        let small = [
            "--hidden-size", "16", "--steps", "30", "--evaluation-interval", "10",
            "--learning-rate", "0.01",
        ]
        let uniform = try Command.run("sample", "--model", path, "--codes").succeeded()
        try Command.run("sample", "--model", path, "--prior", "autoregressive")
            .expectError(64, saying: "train-prior")
        let run = try Command.run(["train-prior", "--model", path, corpus] + small).succeeded()
        #expect(run.lines.first?.hasPrefix("prior") == true)
        #expect(run.lines.count == 4)
        #expect(run.errors.contains("held out"))
        #expect(run.errors.contains("nats/sentence"))
        let again = try Command.run(
            ["train-prior", "--model", path, "--quiet", "--json", corpus] + small
        ).succeeded()
        #expect(again.errors.isEmpty)
        let report = try #require(
            JSONSerialization.jsonObject(with: Data(again.output)) as? [String: Any])
        let nats = try #require(report["autoregressive_nats"] as? Double)
        #expect(nats > 0 && nats < (report["uniform_nats"] as? Double ?? 0))

        let learned = try Command.run("sample", "--model", path, "--codes").succeeded()
        #expect(learned.lines.count == 10 && learned.output != uniform.output)
        #expect(
            try Command.run("sample", "--model", path, "--codes", "--prior", "uniform").output
                == uniform.output)
        let more = try Command.run(
            "sample", "--model", path, "--codes", "--count", "150", "--batch-size", "1"
        ).succeeded()
        #expect(Array(more.lines.prefix(10)) == learned.lines)
        let card = try Command.run("inspect", "--model", path).succeeded().text
        #expect(card.contains("autoregressive (gru), learned afterwards"))
        #expect(card.contains("categorical"))
    }

    @Test func refusesWhatCannotBe() throws {
        let (scratch, path) = try copy()
        defer { withExtendedLifetime(scratch) {} }
        try Command.run("train-prior", "--model", path, "--steps", "0", "/dev/null")
            .expectError(64, saying: "steps")
        let empty = try Command.run("train-prior", "--model", path, "/dev/null")
        #expect(empty.status == 65, "\(empty.errors)")
        try Command.run("sample", "--model", path, "--code-temperature", "0")
            .expectError(64, saying: "--code-temperature")
    }

    @Test(arguments: ["gaussian", "vq", "residual_vq"])
    func everyBottleneckFromTheCommandLine(type: String) throws {
        let scratch = try Scratch()
        let corpus = try TinyModel.get().corpus
        try Command.run(
            ["train", corpus, "--output", scratch["m"], "--quiet"] + TinyModel.flags(steps: 10)
                + ["--set", "model.bottleneck.type=\(type)"]
        ).succeeded()
        let card = try Command.run("inspect", "--model", scratch["m"]).succeeded()
        #expect(card.text.contains(type))
        #expect(try Command.run("sample", "--model", scratch["m"]).succeeded().lines.count == 10)
        #expect(
            try Command.run("reconstruct", "--model", scratch["m"], corpus).succeeded().lines.count
                == 300)
        let encode = try Command.run("encode", "--model", scratch["m"], corpus)
        if type == "gaussian" {
            encode.expectFailure(64, saying: "no codes")
            let evaluate = ["evaluate", "--model", scratch["m"], corpus, "--no-decode", "--json"]
            let judged = try Command.run(evaluate + ["--importance-samples", "5"]).succeeded()
            #expect(judged.text.contains(#""importance_samples":5,"importance_bound_nats":-"#))
            try Command.run(evaluate + ["--exact"]).expectFailure(64, saying: "no codes")
        } else {
            #expect(
                try encode.succeeded().lines[0].split(separator: " ").count
                    == (type == "vq" ? 4 : 8))
        }
    }
}
