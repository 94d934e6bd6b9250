import Testing

/// `textvae tokenize` over streams: framings, formats, threads, pipes.
@Suite struct TokenizeStreamTests {
    private static let text: [UInt8] =
        Array("naïve café, 👩‍👩‍👧 <bos>\r\n\n  two\tparts\n".utf8) + [0xFF, 0x61, 0xC3, 0x00, 0x0A]

    private func tokenizer(_ scratch: Scratch, _ flags: String...) throws -> String {
        let corpus = try scratch.write("corpus.txt", Self.text)
        try Command.run(
            ["tokenize", "train", corpus, "--minimum-frequency", "1", "-o", scratch["t.json"]]
                + flags
        ).succeeded()
        return scratch["t.json"]
    }

    @Test(arguments: ["byte", "character", "word"])
    func wholeFilesComeBack(_ level: String) throws {
        let scratch = try Scratch()
        let file = try tokenizer(scratch, "--level", level)
        for format in ["ids", "bin"] {
            let ids = try Command.run(
                [
                    "tokenize", "encode", "--tokenizer", file, "--record", "whole", "--format",
                    format,
                ], input: Self.text
            ).succeeded()
            let back = try Command.run(
                [
                    "tokenize", "decode", "--tokenizer", file, "--format", format, "--record",
                    "whole",
                ], input: ids.output
            ).succeeded()
            #expect(back.output == Self.text)
        }
        let ids = try Command.run(
            ["tokenize", "encode", "--tokenizer", file, "--record", "null"], input: Self.text
        ).succeeded()
        #expect(ids.lines.count == 2)
        let back = try Command.run(
            ["tokenize", "decode", "--tokenizer", file, "--record", "null"], input: ids.output
        ).succeeded()
        #expect(back.output == Self.text + [0])
    }

    @Test func lineFeedsInALine() throws {
        let scratch = try Scratch()
        let file = try tokenizer(scratch)
        let ids = try Command.run(
            ["tokenize", "encode", "--tokenizer", file, "--record", "whole"],
            input: Array("a\nb".utf8)
        ).succeeded()
        let back = try Command.run(
            ["tokenize", "decode", "--tokenizer", file], input: ids.output
        ).succeeded()
        #expect(back.text == "a b\n")
        #expect(back.errors.contains("line feeds"))
        let json = try Command.run(
            ["tokenize", "decode", "--tokenizer", file, "--record", "jsonl"], input: ids.output
        ).succeeded()
        #expect(json.text == "{\"text\":\"a\\nb\"}\n")
    }

    @Test func formatsOfOneLine() throws {
        let scratch = try Scratch()
        let file = try tokenizer(scratch, "--level", "byte")
        func encode(_ flags: String..., input: String = "é<eos>") throws -> String {
            try Command.run(
                ["tokenize", "encode", "--tokenizer", file] + flags, input: Array(input.utf8)
            ).succeeded().text
        }
        #expect(try encode(input: "aé") == "99 197 171\n")
        #expect(try encode("--format", "text", input: "a\té") == "a\t\\t\t\\xc3\t\\xa9\n")
        #expect(
            try encode("--special", "allow", "--format", "tsv", "--offsets", "scalar")
                == "1\t197\t0\t1\t\\xc3\n1\t171\t0\t1\t\\xa9\n1\t1\t1\t6\t<eos>\n")
        #expect(
            try encode("--format", "jsonl", "--offsets", "utf16", input: "a👍")
                == "{\"text\":\"a👍\",\"ids\":[99,242,161,147,143],"
                + "\"tokens\":[\"a\",\"�\",\"�\",\"�\",\"�\"],"
                + "\"spans\":[[0,1],[1,3],[1,3],[1,3],[1,3]]}\n")
        #expect(
            try encode("--record", "jsonl:t", input: "{\"t\": \"a\"}\n{\"t\": \"\"}\n") == "99\n\n")
        try Command.run("tokenize", "encode", "--tokenizer", file, "--offsets", "utf8")
            .expectError(64, saying: "--offsets")
        let special = try Command.run(
            ["tokenize", "decode", "--tokenizer", file, "--special", "allow"],
            input: Array("0 99 1\n".utf8)
        ).succeeded()
        #expect(special.text == "<bos>a<eos>\n")
    }

    @Test func illFormedInput() throws {
        let scratch = try Scratch()
        let file = try tokenizer(scratch, "--level", "byte")
        let input: [UInt8] = [0x61, 0x0A, 0x62, 0xFF, 0x0A]
        func run(_ policy: String) throws -> Command {
            try Command.run(
                ["tokenize", "encode", "--tokenizer", file, "--invalid", policy], input: input)
        }
        #expect(try run("keep").succeeded().text == "99\n100 257\n")
        #expect(try run("replace").succeeded().text == "99\n100 241 193 191\n")
        try run("error").expectError(65, saying: "standard input:2, byte 1")
    }

    @Test func threadsAreOfNoInfluence() throws {
        let scratch = try Scratch()
        let file = try tokenizer(scratch)
        var text: [UInt8] = []
        for number in 0..<60_000 {
            text += "record \(number) wörter und слова \(number % 7 == 0 ? "" : "\n")".utf8
        }
        let long = try scratch.write("long.txt", text)
        func run(_ threads: String, _ verb: String...) throws -> [UInt8] {
            try Command.run(["tokenize"] + verb + ["--threads", threads, long]).succeeded().output
        }
        for verb in ["ids", "bin", "text"] {
            let one = try run("1", "encode", "--tokenizer", file, "--format", verb)
            #expect(try run("2", "encode", "--tokenizer", file, "--format", verb) == one)
        }
        #expect(try run("1", "stats") == run("2", "stats"))
        #expect(try run("1", "split") == run("2", "split"))
        #expect(
            try run("1", "normalize", "--form", "nfd")
                == run("2", "normalize", "--form", "nfd"))
        let ids = try Command.run(
            ["tokenize", "encode", "--tokenizer", file, "--record", "whole", long]
        ).succeeded()
        let back = try Command.run(
            ["tokenize", "decode", "--tokenizer", file, "--record", "whole", "--threads", "2"],
            input: ids.output
        ).succeeded()
        #expect(back.output == text)
    }

    @Test func aReaderThatGoesAway() throws {
        let scratch = try Scratch()
        let file = try tokenizer(scratch)
        let run = try Shell.run(
            "yes 'some text' | '\(Command.path)' tokenize encode --tokenizer '\(file)' | head -n 2")
        #expect(run.status == 0)
        #expect(run.output.split(separator: "\n").count == 2)
        #expect(run.errors.isEmpty)
    }

    @Test func anAnswerBeforeTheEnd() throws {
        let scratch = try Scratch()
        let file = try tokenizer(scratch, "--level", "byte")
        // The second line comes only after the first has been answered.
        let run = try Shell.run(
            "mkfifo '\(scratch["in"])' '\(scratch["out"])';"
                + "'\(Command.path)' tokenize encode --tokenizer '\(file)' <'\(scratch["in"])' "
                + ">'\(scratch["out"])' & exec 3>'\(scratch["in"])' 4<'\(scratch["out"])';"
                + "echo a >&3; read x <&4; echo \"got $x\"; echo b >&3; read y <&4; echo \"got $y\""
        )
        #expect(run.output == "got 99\ngot 100\n")
    }
}
