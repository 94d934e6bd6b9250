import Testing

@Suite struct TokenizeTests {
    @Test(arguments: ["byte", "character", "word"])
    func everyLineComesBack(_ level: String) throws {
        let scratch = try Scratch()
        let lines: [[UInt8]] = [
            Array("naïve café, e\u{301} 👩‍👩‍👧 <bos>".utf8), [], [0xFF, 0x61, 0xC3], [0x20, 0x20, 0x09],
            Array("ภาษาไทย 日本語 عربي".utf8),
        ]
        let text: [UInt8] = Array(lines.map { $0 + [0x0A] }.joined())
        let corpus = try scratch.write("corpus.txt", text)
        try Command.run(
            "tokenize", "train", corpus, "--level", level, "--output", scratch["t.json"]
        ).succeeded()
        let ids = try Command.run(
            ["tokenize", "encode", "--tokenizer", scratch["t.json"]], input: text
        ).succeeded()
        #expect(ids.lines.count == lines.count)
        let decoded = try Command.run(
            ["tokenize", "decode", "--tokenizer", scratch["t.json"]], input: ids.output
        ).succeeded()
        #expect(decoded.output == text)
    }

    @Test func badIDs() throws {
        let scratch = try Scratch()
        try Command.run(
            "tokenize", "train", "--output", scratch["t.json"], input: "some words\n"
        ).succeeded()
        for bad in ["3 -1", "3 99999", "3 x", "3 99999999999999999999"] {
            try Command.run(
                "tokenize", "decode", "--tokenizer", scratch["t.json"],
                input: "5\n\(bad)\n"
            ).expectError(65, saying: "standard input:2, token 2", "allowed are 0 … ")
        }
    }

    @Test func nothingToLearn() throws {
        let scratch = try Scratch()
        try Command.run("tokenize", "train", "--output", scratch["t.json"], input: "\n\n")
            .expectError(65, saying: "nothing to learn from")
        #expect(!scratch.has("t.json"))
    }

    @Test func foreignFile() throws {
        let scratch = try Scratch()
        let file = try scratch.write("t.json", "{\"format\": \"other\"}")
        try Command.run("tokenize", "encode", "--tokenizer", file).expectError(65, saying: file)
    }
}
