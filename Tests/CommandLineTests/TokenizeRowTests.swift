import Testing

/// `textvae tokenize encode`: rows of a length, unknown words, quiet.
@Suite struct TokenizeRowTests {
    private func tokenizer(
        _ scratch: Scratch, _ flags: String..., text: String = "the cat\n"
    ) throws -> String {
        try Command.run(
            ["tokenize", "train", "--minimum-frequency", "1", "-o", scratch["t.json"]] + flags,
            input: Array(text.utf8)
        ).succeeded()
        return scratch["t.json"]
    }

    private func encode(_ file: String, _ flags: String..., input: String) throws -> String {
        try Command.run(
            ["tokenize", "encode", "--tokenizer", file] + flags, input: Array(input.utf8)
        ).succeeded().text
    }

    @Test func rowsOverlap() throws {
        let scratch = try Scratch()
        let file = try tokenizer(scratch, "--level", "byte")
        // Bytes are 2 more than themselves: a is 99.
        #expect(
            try encode(file, "--max-len", "3", input: "abcdefg\n\nab") == """
                99 100 101
                102 103 104
                105

                99 100

                """)
        #expect(
            try encode(file, "--max-len", "3", "--stride", "2", input: "abcde") == """
                99 100 101
                100 101 102
                101 102 103

                """)
        #expect(
            try encode(file, "--max-len", "3", "--pad", "right", input: "abcd\n\n") == """
                99 100 101
                102 1 1
                1 1 1

                """)
        #expect(
            try encode(file, "--max-len", "3", "--pad", "left", input: "abcd") == """
                99 100 101
                1 1 102

                """)
    }

    @Test func rowsSayWhereTheyStand() throws {
        let scratch = try Scratch()
        let file = try tokenizer(scratch, "--level", "byte")
        let flags = ["--max-len", "2", "--stride", "1", "--pad", "right", "--offsets", "scalar"]
        func rows(_ format: String, _ input: String) throws -> String {
            try Command.run(
                ["tokenize", "encode", "--tokenizer", file, "--format", format] + flags,
                input: Array(input.utf8)
            ).succeeded().text
        }
        #expect(
            try rows("tsv", "x\néb") == """
                1\t1\t122\t0\t1\tx
                1\t1\t1\t0\t0\t<eos>
                2\t1\t197\t0\t1\t\\xc3
                2\t1\t171\t0\t1\t\\xa9
                2\t2\t171\t0\t1\t\\xa9
                2\t2\t100\t1\t2\tb

                """)
        #expect(
            try rows("jsonl", "abc") == """
                {"record":1,"window":1,"ids":[99,100],"tokens":["a","b"],"spans":[[0,1],[1,2]]}
                {"record":1,"window":2,"ids":[100,101],"tokens":["b","c"],"spans":[[1,2],[2,3]]}

                """)
    }

    /// Rows without overlap, padded or not, give the text back.
    @Test func rowsComeBack() throws {
        let scratch = try Scratch()
        let text = "naïve café, 👩‍👩‍👧 and\tmore words than in the vocabulary\n"
        let file = try tokenizer(scratch, text: text)
        for pad in ["left", "right", "none"] {
            let ids = try encode(
                file, "--record", "whole", "--max-len", "5", "--pad", pad, input: text)
            #expect(ids.split(separator: "\n").count > 2)
            let back = try Command.run(
                ["tokenize", "decode", "--tokenizer", file, "--record", "whole"],
                input: Array(ids.utf8)
            ).succeeded()
            #expect(back.text == text)
        }
    }

    @Test func rowsThatCannotBe() throws {
        func refuse(_ flags: String..., saying part: String) throws {
            try Command.run(["tokenize", "encode", "--tokenizer", "t.json"] + flags)
                .expectError(64, saying: part)
        }
        try refuse("--max-len", "0", saying: "--max-len: got 0")
        try refuse("--max-len", "4", "--stride", "4", saying: "--stride: got 4, want 0 … 3")
        try refuse("--stride", "4", saying: "--stride needs --max-len")
        try refuse("--pad", "left", saying: "--pad needs --max-len")
        try refuse("--max-len", "4", "--pad", "lift", saying: "left")
    }

    @Test func unknownWords() throws {
        let scratch = try Scratch()
        let words = try tokenizer(scratch)
        #expect(try encode(words, "--unk", "error", input: "the cat\n") != "")
        try Command.run(
            "tokenize", "encode", "--tokenizer", words, "--unk", "error",
            input: "the cat\nthe dog\n"
        ).expectError(65, saying: "standard input:2, byte 3", "dog")
        try Command.run("tokenize", "encode", "--tokenizer", words, "--unk", "id")
            .expectError(64, saying: "--unk id", "word level", "spell or error")
        #expect(
            try encode(words, input: "dog") == encode(words, "--unk", "spell", input: "dog"))
        let fields = try tokenizer(scratch, "--level", "whitespace")
        #expect(try encode(fields, "--unk", "id", input: "the dog") == "4 2\n")
        try Command.run("tokenize", "encode", "--tokenizer", fields, "--unk", "spell")
            .expectError(64, saying: "--unk spell")
        try Command.run(
            "tokenize", "encode", "--tokenizer", fields, "--unk", "error", input: "the dog"
        ).expectError(65, saying: "standard input:1, byte 4")
    }

    @Test func quiet() throws {
        let scratch = try Scratch()
        let file = try tokenizer(scratch)
        let old = String(decoding: try scratch.read("t.json"), as: UTF8.self).replacing(
            "\"icu_version\": \"", with: "\"icu_version\": \"4.")
        try scratch.write("t.json", old)
        let loud = try Command.run("tokenize", "encode", "--tokenizer", file, input: "the\n")
        #expect(loud.errors.contains("note: \(file): tokenizer built with ICU 4."))
        let quiet = try Command.run(
            "tokenize", "encode", "--quiet", "--tokenizer", file, input: "the\n"
        ).succeeded()
        #expect(quiet.output == loud.output)
        #expect(quiet.errors.isEmpty)
        let train = try Command.run(
            "tokenize", "train", "-q", "-o", scratch["q.json"], input: "a b a b\n"
        ).succeeded()
        #expect(train.errors.isEmpty)
        try Command.run("tokenize", "encode", "-q", "--tokenizer", scratch["none.json"])
            .expectError(66, saying: "cannot open '\(scratch["none.json"])'")
    }
}
