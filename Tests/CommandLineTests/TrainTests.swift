import Foundation
import Testing

@Suite struct TrainTests {
    private func train(_ text: [UInt8], steps: Int = 2) throws -> (run: Command, scratch: Scratch) {
        let scratch = try Scratch()
        let corpus = try scratch.write("corpus.txt", text)
        let run = try Command.run(
            ["train", corpus, "--output", scratch["run"]] + TinyModel.flags(steps: steps))
        return (run, scratch)
    }

    @Test func aRunFolderIsWhole() throws {
        let model = try TinyModel.get()
        for file in [
            "config.json", "tokenizer.json", "model.safetensors", "metrics.jsonl", "checkpoints",
        ] {
            #expect(model.scratch.has("model/" + file), "\(file)")
        }
    }

    @Test func progressIsOnStandardError() throws {
        let text = try Data(contentsOf: URL(fileURLWithPath: TinyModel.get().corpus))
        let (run, _) = try train(Array(text))
        try run.succeeded()
        #expect(run.output.isEmpty)
        for part in [
            "300 records", "held out", "D=4 K=4", "step 2/2", "evaluation at step 2", "verdict: ",
            "textvae sample",
        ] {
            #expect(run.errors.contains(part), "\(part)")
        }
        #expect(!run.errors.contains("\r"))
    }

    @Test func profileIsATableOnStandardError() throws {
        let scratch = try Scratch()
        let run = try Command.run(
            [
                "train", TinyModel.get().corpus, "--output", scratch["run"], "--profile", "--quiet",
                "--batch-tokens", "300", "--set", "training.accumulation=2",
            ] + TinyModel.flags(steps: 3))
        try run.succeeded()
        #expect(run.output.isEmpty)
        let lines = run.errors.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("operation") && $0.hasSuffix("GF/s") })
        for name in ["gru", "tokenLikelihood", "optimizer", "step"] {
            #expect(lines.contains { $0.hasPrefix(name + " ") }, "\(name)")
        }
    }

    @Test func emptyCorpora() throws {
        for text in [[], [0x0A], Array("\n\n\n".utf8)] {
            let (run, scratch) = try train(text)
            run.expectError(65, saying: "nothing to train on", "corpus.txt")
            #expect(!scratch.has("run"))
        }
    }

    @Test func smallAndOddCorpora() throws {
        let same = String(repeating: "the same line\n", count: 50)
        for text in ["one line\n", same] { try train(Array(text.utf8)).run.succeeded() }
        let odd = try train(Array("more\nlines\n".utf8) + [0x61, 0xFF, 0x62, 0x0A]).run
        try odd.succeeded()
        #expect(odd.errors.contains("ill-formed UTF-8"))
    }

    @Test func binaryCorpora() throws {
        let (run, scratch) = try train([0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 3, 0x0A, 0x61])
        run.expectError(65, saying: "corpus.txt")
        #expect(!scratch.has("run"))
    }

    @Test func aLineOf100MB() throws {
        let line = [UInt8](repeating: 0x61, count: 100 << 20)
        let (run, scratch) = try train(line)
        run.expectError(65, saying: "corpus.txt")
        #expect(!scratch.has("run"))
        try Command.run("encode", "--model", TinyModel.get().path, scratch["corpus.txt"])
            .expectError(65, saying: "corpus.txt:1", "more than")
    }

    @Test func outputThatCannotBeWritten() throws {
        let corpus = try TinyModel.get().corpus
        try Command.run(
            ["train", corpus, "--output", "/proc/self/run"] + TinyModel.flags(steps: 2)
        ).expectError(74, saying: "/proc/self/run")
        try Command.run(
            ["train", corpus, "--output", corpus + "/run"] + TinyModel.flags(steps: 2)
        ).expectError(74, saying: corpus + "/run")
    }

    @Test func unknownKeys() throws {
        let scratch = try Scratch()
        try Command.run(
            "train", TinyModel.get().corpus, "--output", scratch["run"], "--set", "model.latents=3"
        ).expectError(64, saying: "model.latents", "unknown key")
        #expect(!scratch.has("run"))
    }

    @Test func aGivenTokenizer() throws {
        let model = try TinyModel.get()
        let scratch = try Scratch()
        let tokenizer = model.path + "/tokenizer.json"
        try Command.run(
            ["train", model.corpus, "--output", scratch["run"], "--tokenizer", tokenizer]
                + TinyModel.flags(steps: 2)
        ).succeeded()
        #expect(
            try scratch.read("run/tokenizer.json") == model.scratch.read("model/tokenizer.json"))
        try Command.run(
            ["train", model.corpus, "--output", scratch["other"], "--tokenizer", tokenizer]
                + ["--level", "character"]
        ).expectError(64, saying: "--level character")
    }
}
