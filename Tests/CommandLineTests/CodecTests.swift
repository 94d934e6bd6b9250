import Foundation
import Testing

@Suite struct CodecTests {
    private func codes(_ run: Command) -> [[Int32]] {
        run.lines.map { $0.split(separator: " ").compactMap { Int32($0) } }
    }

    @Test func batchAndThreadsChangeNothing() throws {
        let model = try TinyModel.get()
        let base = ["encode", "--model", model.path, model.corpus]
        let first = try Command.run(base + ["--batch-size", "1"]).succeeded()
        #expect(first.lines.count == 300)
        #expect(codes(first).allSatisfy { $0.count == 4 && $0.allSatisfy { 0..<4 ~= $0 } })
        for flags in [
            ["--batch-size", "64"], ["--batch-size", "3", "--threads", "2"], ["--threads", "2"],
        ] {
            #expect(try Command.run(base + flags).succeeded().output == first.output)
        }
    }

    @Test func formatsAgree() throws {
        let model = try TinyModel.get()
        let scratch = try Scratch()
        let base = ["encode", "--model", model.path, model.corpus]
        let plain = try Command.run(base).succeeded()
        let rows = codes(plain)
        let json = try Command.run(base + ["--format", "jsonl"]).succeeded()
        #expect(
            json.lines == rows.map { "{\"codes\":[\($0.map(String.init).joined(separator: ","))]}" }
        )
        let array = try Command.run(base + ["--format", "npy"]).succeeded()
        try Command.run(base + ["--format", "npy", "--output", scratch["c.npy"]]).succeeded()
        #expect(try scratch.read("c.npy") == array.output)
        #expect(Array(array.output.prefix(8)) == [0x93] + Array("NUMPY".utf8) + [1, 0])
        let header = String(decoding: array.output[10..<128], as: UTF8.self)
        #expect(header.hasPrefix("{'descr': '<i4', 'fortran_order': False, 'shape': (300, 4), }"))
        let values = rows.flatMap { $0 }.flatMap {
            withUnsafeBytes(of: $0.littleEndian, Array.init)
        }
        #expect(Array(array.output.dropFirst(128)) == values)

        let decode = ["decode", "--model", model.path]
        let texts = try Command.run(decode, input: plain.output).succeeded()
        #expect(texts.lines.count == 300)
        #expect(
            try Command.run(decode + ["--format", "jsonl"], input: json.output).output
                == texts.output)
        #expect(
            try Command.run(decode + ["--format", "npy"], input: array.output).output
                == texts.output)
        #expect(
            try Command.run(decode + ["--format", "npy", scratch["c.npy"]]).output == texts.output)
        #expect(
            try Command.run(["reconstruct", "--model", model.path, model.corpus]).output
                == texts.output)
    }

    @Test func idsPassThrough() throws {
        let model = try TinyModel.get()
        let input = """
            {"id": "a/1", "text": "The nurse"}
            {"text": "The spy", "id": {"n": [1, null]}}
            {"text": "The baker"}

            """
        let coded = try Command.run(
            "encode", "--model", model.path, "--input-format", "jsonl", "--format", "jsonl",
            input: input
        ).succeeded()
        #expect(coded.lines.count == 3)
        #expect(coded.lines[0].hasPrefix("{\"id\":\"a/1\",\"codes\":["))
        #expect(coded.lines[1].hasPrefix("{\"id\":{\"n\":[1,null]},\"codes\":["))
        #expect(coded.lines[2].hasPrefix("{\"codes\":["))
        let texts = try Command.run(
            ["decode", "--model", model.path, "--format", "jsonl", "--output-format", "jsonl"],
            input: coded.output
        ).succeeded()
        #expect(texts.lines[0].hasPrefix("{\"id\":\"a/1\",\"text\":\""))
        #expect(texts.lines[2].hasPrefix("{\"text\":\""))
    }

    @Test func oddBytesHaveCodes() throws {
        let model = try TinyModel.get()
        let run = try Command.run(
            ["encode", "--model", model.path], input: [0xFF, 0x0A, 0x0A, 0x61, 0xC3, 0x0A, 0xF0])
        #expect(try run.succeeded().lines.count == 4)
        #expect(codes(run).allSatisfy { $0.count == 4 })
        #expect(try Command.run("encode", "--model", model.path).succeeded().output.isEmpty)
    }

    @Test func longRecords() throws {
        let model = try TinyModel.get()
        let scratch = try Scratch()
        let long = "short\n" + String(repeating: "word ", count: 100) + "\n"
        let run = try Command.run(
            ["encode", "--model", model.path, "--output", scratch["c.txt"]], input: Array(long.utf8)
        )
        run.expectError(65, saying: "standard input:2", "at most 64", "--truncate")
        #expect(!scratch.has("c.txt"))
        let cut = try Command.run("encode", "--model", model.path, "--truncate", input: long)
        #expect(try cut.succeeded().lines.count == 2)
        #expect(cut.errors == "textvae: note: cut 1 record after 64 tokens\n")
    }

    @Test func badCodes() throws {
        let model = try TinyModel.get()
        func decode(_ input: String, _ flags: String...) throws -> Command {
            try Command.run(
                ["decode", "--model", model.path] + flags, input: Array(input.utf8))
        }
        try decode("0 1 2 3\n0 1 2\n").expectError(
            65, saying: "standard input:2", "3 codes", "wants 4")
        try decode("0 1 2 3 0\n").expectError(65, saying: "5 codes", "wants 4")
        try decode("0 1 2 4\n").expectError(65, saying: ":1, code 4: got 4, allowed are 0 … 3")
        try decode("0 -1 2 3\n").expectError(65, saying: "code 2: got -1")
        try decode("0 1 x 3\n").expectError(65, saying: "code 3: got \"x\"")
        try decode("{\"codes\":[0,1,2,9]}\n", "--format", "jsonl").expectError(65, saying: "got 9")
        try decode("{\"codes\":[0,1.5,2,3]}\n", "--format", "jsonl").expectError(65, saying: "1.5")
        try decode("{\"code\":[]}\n", "--format", "jsonl").expectError(65, saying: "key codes")
        try decode("{\n", "--format", "jsonl").expectError(65, saying: "standard input:1")
        try decode("no array", "--format", "npy").expectError(65, saying: "standard input")
    }

    @Test func drawsDependOnTheSeedAlone() throws {
        let model = try TinyModel.get()
        let base = ["sample", "--model", model.path, "--temperature", "1"]
        let long = try Command.run(base + ["--count", "40", "--seed", "5"]).succeeded()
        let short = try Command.run(
            base + ["--count", "10", "--seed", "5", "--batch-size", "3", "--threads", "2"])
        #expect(short.lines == Array(long.lines.prefix(10)))
        #expect(try Command.run(base + ["--count", "40", "--seed", "6"]).output != long.output)

        let drawn = try Command.run(base.prefix(3) + ["--count", "9", "--codes"]).succeeded()
        let sentences = try Command.run(base.prefix(3) + ["--count", "9"]).succeeded()
        #expect(
            try Command.run(["decode", "--model", model.path], input: drawn.output).output
                == sentences.output)
    }

    @Test(arguments: [
        ["--beam", "3"], ["--top-k", "5"], ["--top-p", "0.9"], ["--temperature", "0.5"],
    ])
    func searches(_ flags: [String]) throws {
        let model = try TinyModel.get()
        let run = try Command.run(
            ["decode", "--model", model.path] + flags, input: Array("0 1 2 3\n3 2 1 0\n".utf8))
        #expect(try run.succeeded().lines.count == 2)
    }

    @Test func interpolateAndInspect() throws {
        let model = try TinyModel.get()
        let way = try Command.run(
            "interpolate", "--model", model.path, "The nurse", "The pilots sold clocks",
            "--steps", "5"
        ).succeeded()
        #expect(way.lines.count == 5)
        let card = try Command.run("inspect", "--model", model.path).succeeded()
        #expect(card.text.contains("D=4 latents, K=4 categories"))
        #expect(card.text.contains("8.0 bits per sentence"))
        let sweep = try Command.run(
            "inspect", "--model", model.path, "The nurse", "--latent", "2"
        ).succeeded()
        #expect(sweep.lines.count == 5)
        #expect(sweep.lines.dropFirst().filter { $0.hasPrefix("*") }.count == 1)
        try Command.run("inspect", "--model", model.path, "x", "--latent", "5")
            .expectError(64, saying: "1 … 4")
    }

    @Test func reconstructSideBySide() throws {
        let model = try TinyModel.get()
        let run = try Command.run(
            "reconstruct", "--model", model.path, "--side-by-side", input: "The nurse\nThe spy\n"
        ).succeeded()
        let exact = run.lines.filter { $0.hasPrefix("= ") }.count
        #expect(run.lines.filter { $0.hasPrefix("- ") }.count == 2 - exact)
        #expect(run.lines.filter { $0.hasPrefix("+ ") }.count == 2 - exact)
        #expect(run.errors.contains("\(exact) of 2 lines came back exactly"))
    }

    @Test func evaluate() throws {
        let model = try TinyModel.get()
        let run = try Command.run("evaluate", "--model", model.path, model.corpus, "--json")
            .succeeded()
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
        for key in [
            "sentences", "tokens", "elbo_nats", "reconstruction_nats", "kl_nats", "token_accuracy",
            "exact_match", "bits_per_sentence", "active_latents", "code_perplexity",
            "shuffle_gap_nats_per_token", "verdict",
        ] {
            #expect(object[key] != nil, "\(key)")
        }
        #expect(object["sentences"] as? Int == 300)
        #expect(object["bits_per_sentence"] as? Double == 8)
        let table = try Command.run(
            "evaluate", "--model", model.path, "--no-decode", input: "\nThe nurse\nThe spy\n"
        ).succeeded()
        #expect(table.text.contains("verdict"))
        #expect(table.errors == "textvae: note: left out 1 empty line\n")
        try Command.run("evaluate", "--model", model.path, input: "\n")
            .expectError(65, saying: "nothing to evaluate")
    }
}
