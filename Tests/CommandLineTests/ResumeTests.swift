import Foundation
import Testing

@Suite struct ResumeTests {
    /// Enough steps for a signal to arrive in their midst.
    private let flags =
        TinyModel.flags(steps: 3000) + ["--set", "training.save_interval=1000"]
        + ["--set", "training.evaluation_interval=1000"]

    /// Starts a run and stops it by a signal once steps are being made.
    private func interrupted(
        _ scratch: Scratch, _ corpus: String, by signal: (Process) -> Void
    ) throws -> Command {
        let running = try Running(
            ["train", corpus, "--output", scratch["run"]] + flags)
        for _ in 0..<6000 where running.process.isRunning {
            if ((try? scratch.read("run/metrics.jsonl"))?.count ?? 0) > 1000 { break }
            usleep(10_000)
        }
        signal(running.process)
        return try running.wait()
    }

    @Test func interruptedAndUndisturbedRunsEndAlike() throws {
        let corpus = try TinyModel.get().corpus
        let scratch = try Scratch()
        let stopped = try interrupted(scratch, corpus) { $0.interrupt() }
        #expect(stopped.status == 130, "\(stopped.errors)")
        #expect(stopped.errors.contains("--resume"))

        try Command.run(
            ["train", corpus, "--output", scratch["run"]] + flags
        ).expectError(64, saying: "already holds a run", "--resume", "another --output")
        try Command.run(
            "train", corpus, "--output", scratch["run"], "--resume", "--seed", "9", "--set",
            "model.latent_count=5"
        ).expectError(64, saying: "seed", "model.latent_count")

        let resumed = try Command.run("train", corpus, "--output", scratch["run"], "--resume")
        try resumed.succeeded()
        #expect(resumed.errors.contains("from step "))
        try Command.run(
            ["train", corpus, "--output", scratch["whole"]] + flags
        ).succeeded()
        #expect(
            try scratch.read("run/model.safetensors") == scratch.read("whole/model.safetensors"))
        #expect(try scratch.read("run/config.json") == scratch.read("whole/config.json"))

        let done = try Command.run("train", corpus, "--output", scratch["run"], "--resume")
        #expect(try done.succeeded().errors.contains("nothing to resume"))
    }

    @Test func terminated() throws {
        let corpus = try TinyModel.get().corpus
        let scratch = try Scratch()
        let stopped = try interrupted(scratch, corpus) { $0.terminate() }
        #expect(stopped.status == 143, "\(stopped.errors)")
    }

    @Test func anotherCorpusIsRefused() throws {
        let model = try TinyModel.get()
        let scratch = try Scratch()
        let copy = try scratch.copy(model.path, as: "run")
        let other = try scratch.write("other.txt", "Some other line\nand another\nand one more\n")
        try Command.run("train", other, "--output", copy, "--resume").expectFailure(
            65, saying: "give the corpus of the run")
        #expect(
            try scratch.read("run/model.safetensors")
                == model.scratch.read("model/model.safetensors"))
    }
}
