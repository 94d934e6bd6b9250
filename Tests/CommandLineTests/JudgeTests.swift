import Foundation
import Testing

/// Verbs that judge a model: evaluate with its bounds, evaluate-samples, factors, probe.
@Suite struct JudgeTests {
    private func json(_ run: Command) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
    }

    @Test func boundsRiseToTheEvidence() throws {
        let model = try TinyModel.get()
        let text =
            try String(contentsOfFile: model.corpus, encoding: .utf8)
            .split(separator: "\n").prefix(40).joined(separator: "\n") + "\n"
        func evaluate(_ flags: String...) throws -> [String: Any] {
            try json(
                try Command.run(
                    ["evaluate", "--model", model.path, "--json", "--no-decode"] + flags,
                    input: Array(text.utf8)
                ).succeeded())
        }
        let report = try evaluate(
            "--exact", "--importance-samples", "20", "--information", "--edits")
        let elbo = try #require(report["elbo_nats"] as? Double)
        let importance = try #require(report["importance_bound_nats"] as? Double)
        let exact = try #require(report["log_likelihood_nats"] as? Double)
        #expect(elbo < importance && importance < exact + 0.1 && elbo < exact)
        let words = try #require(report["words"] as? Int)
        #expect(words == text.split { $0 == " " || $0 == "\n" }.count + 40)
        let perplexity = try #require(report["perplexity_per_word"] as? Double)
        #expect(abs(perplexity - exp(-exact * 40 / Double(words))) < 1e-6 * perplexity)
        #expect(try #require(report["joint_information_nats"] as? Double) <= log(40) + 1e-9)
        let edits = try #require(report["code_agreement"] as? [[String: Any]])
        #expect(
            edits.map { $0["edit"] as? String } == ["case", "final_punctuation", "double_space"])
        let plain = try evaluate()
        #expect(plain["importance_bound_nats"] is NSNull && plain["code_agreement"] is NSNull)
        #expect(plain["elbo_nats"] as? Double == elbo)
    }

    @Test func samples() throws {
        let model = try TinyModel.get()
        let drawn = try Command.run(
            "evaluate-samples", "--model", model.path, "--count", "50", "--training", model.corpus,
            "--json", model.corpus
        ).succeeded()
        let report = try json(drawn)
        #expect(report["samples"] as? Int == 50 && report["order"] as? Int == 4)
        let real = try json(
            Command.run(
                "evaluate-samples", "--samples", model.corpus, "--training", model.corpus,
                "--json", model.corpus
            ).succeeded())
        #expect(real["copied_share"] as? Double == 1)
        let (a, b) = (
            try #require(report["reverse_perplexity"] as? Double),
            try #require(real["reverse_perplexity"] as? Double)
        )
        #expect(a > b && real["forward_perplexity"] as? Double == b)
        try Command.run("evaluate-samples", "--training", model.corpus, model.corpus).expectError(
            64, saying: "--model or --samples")
    }

    @Test func factors() throws {
        let model = try TinyModel.get()
        let scratch = try Scratch()
        try Command.run(
            "scenes", "generate", "--count", "100", "--labels", scratch["labels.tsv"], "--output",
            scratch["texts.txt"]
        ).succeeded()
        let report = try json(
            Command.run(
                "factors", "--model", model.path, "--labels", scratch["labels.tsv"], "--json",
                scratch["texts.txt"]
            ).succeeded())
        #expect(report["texts"] as? Int == 100 && report["latents"] as? Int == 4)
        let rows = try #require(report["factors"] as? [[String: Any]])
        #expect(rows.count > 5)
        #expect(rows.allSatisfy { $0["text_ceiling"] as? Double == 1 })
        // The same codes from a file give the same figures, without what only texts tell.
        try Command.run(
            "encode", "--model", model.path, scratch["texts.txt"], "--output", scratch["codes.txt"]
        ).succeeded()
        let again = try json(
            Command.run(
                "factors", "--codes", scratch["codes.txt"], "--labels", scratch["labels.tsv"],
                "--json"
            ).succeeded())
        #expect(again["gap"] as? Double == report["gap"] as? Double)
        try scratch.write("reals.txt", (0..<100).map { "\($0).5 -\($0)e-3\n" }.joined())
        let binned = try Command.run(
            "factors", "--codes", scratch["reals.txt"], "--labels", scratch["labels.tsv"]
        )
        binned.expectError(65, saying: "reals.txt:1", "--bins")
        try Command.run(
            "factors", "--codes", scratch["reals.txt"], "--bins", "8", "--labels",
            scratch["labels.tsv"]
        ).succeeded()
        try scratch.write("short.txt", "1 2\n")
        try Command.run(
            "factors", "--codes", scratch["short.txt"], "--labels", scratch["labels.tsv"]
        ).expectError(65, saying: "100 lines of values", "1 rows of codes")
    }

    @Test func probe() throws {
        let model = try TinyModel.get()
        let report = try json(
            Command.run(
                "probe", "--model", model.path, model.corpus, "--latents", "2", "--sentences", "3",
                "--draws", "40", "--json"
            ).succeeded())
        #expect(report["sentences"] as? Int == 3 && report["latents"] as? [Int] == [0, 2])
        let rows = try #require(report["estimators"] as? [[String: Any]])
        let exact = try #require(rows.first { $0["estimator"] as? String == "exact" })
        #expect(try #require(exact["bias"] as? Double) < 1e-3)
        #expect(exact["evaluations"] as? Double == 16)
        let some = try Command.run(
            "probe", "--model", model.path, model.corpus, "--draws", "10", "--estimators",
            "rloo,zgr"
        ).succeeded()
        #expect(some.lines.count == 3 && some.lines[1].hasPrefix("rloo"))
        try Command.run(
            "probe", "--model", model.path, model.corpus, "--estimators", "rlo"
        ).expectError(64, saying: "did you mean \"rloo\"?")
        try Command.run("probe", "--model", model.path, model.corpus, "--latents", "9").expectError(
            64, saying: "--latents: got 9, want 1 … 4")
    }

    @Test func recipes() throws {
        let listed = try Command.run("list", "recipes").succeeded()
        #expect(listed.lines.contains { $0.hasPrefix("target-kl") })
        let shown = try Command.run("config", "show", "--recipe", "batch-prior").succeeded()
        #expect(shown.text.contains(#""kl_term": "aggregate""#))
        try Command.run("config", "show", "--recipe", "batch").expectError(
            64, saying: "unknown recipe")
    }
}
