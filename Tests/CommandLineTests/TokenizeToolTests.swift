import Testing

/// The other verbs of `textvae tokenize`.
@Suite struct TokenizeToolTests {
    @Test func split() throws {
        func run(_ flags: String..., input: String) throws -> String {
            try Command.run(["tokenize", "split"] + flags, input: Array(input.utf8))
                .succeeded().text
        }
        #expect(try run(input: "Hi, you 3.14\n") == "Hi\t,\t \tyou\t \t3.14\n")
        #expect(try run("--level", "grapheme", input: "e\u{301}👍🏽") == "e\u{301}\t👍🏽\n")
        #expect(
            try run("--format", "tsv", "--offsets", "scalar", input: "é 12")
                == "1\t0\t1\t200\té\n1\t1\t2\t0\t \n1\t2\t4\t100\t12\n")
        #expect(
            try run("--level", "sentence", "--format", "jsonl", input: "A b. C")
                == "{\"text\":\"A b. C\",\"tokens\":[\"A b. \",\"C\"],\"spans\":[[0,5],[5,6]],"
                + "\"status\":[0,100]}\n")
        let scratch = try Scratch()
        let rules = try scratch.write("my.rules", "!!chain;\n[a-z]+ {7};\n.;\n")
        #expect(try run("--profile", rules, input: "ab-c") == "ab\t-\tc\n")
        let bad = try scratch.write("bad.rules", "!!chain;\n[a-z\n")
        try Command.run("tokenize", "split", "--profile", bad).expectError(65, saying: bad, "line")
        try Command.run("tokenize", "split", "--profile", "uax92").expectError(66, saying: "uax29")
    }

    @Test func normalize() throws {
        func run(_ flags: String..., input: [UInt8]) throws -> [UInt8] {
            try Command.run(["tokenize", "normalize"] + flags, input: input).succeeded().output
        }
        #expect(try run("--form", "nfd", input: Array("é\n".utf8)) == Array("e\u{301}\n".utf8))
        #expect(try run("--fold", input: Array("Straße I\n".utf8)) == Array("strasse i\n".utf8))
        #expect(
            try run("--fold", "--locale", "tr", input: Array("I\n".utf8)) == Array("ı\n".utf8))
        #expect(try run("--form", "nfc", input: [0xFF, 0x0A]) == [0xFF, 0x0A])
        #expect(
            try run("--record", "null", "--form", "nfkc", input: Array("ﬁ\n\0x".utf8))
                == Array("fi\n\0x\0".utf8))
    }

    @Test func stats() throws {
        let input = Array("a b a\nc\n".utf8)
        let table = try Command.run(
            ["tokenize", "stats", "--level", "whitespace"], input: input
        ).succeeded()
        #expect(table.lines.first == "records                   2")
        #expect(table.lines.contains { $0.hasPrefix("hapaxes") && $0.hasSuffix(" 2") })
        let json = try Command.run(
            ["tokenize", "stats", "--level", "whitespace", "--json"], input: input
        ).succeeded()
        #expect(json.text.contains("\"types\": 3"))
    }

    @Test func vocabularies() throws {
        let scratch = try Scratch()
        let corpus = try scratch.write("corpus.txt", "the cat the dog\nthe end\n")
        try Command.run(
            "tokenize", "train", corpus, "--level", "whitespace", "-o", scratch["t.json"]
        ).succeeded()
        for format in ["hf", "text", "tsv"] {
            let file = scratch["vocabulary.\(format)"]
            try Command.run(
                "tokenize", "vocab", "export", "--tokenizer", scratch["t.json"], "--format",
                format, "-o", file
            ).succeeded()
            let back = try Command.run(
                "tokenize", "vocab", "import", file, "--format", format, "--level", "whitespace",
                "-o", scratch["back.json"]
            ).succeeded()
            #expect(!back.errors.contains("note"))
            let again = try Command.run(
                "tokenize", "vocab", "export", "--tokenizer", scratch["back.json"], "--format",
                format
            ).succeeded()
            #expect(try again.output == scratch.read("vocabulary.\(format)"))
        }
        let lookup = try Command.run(
            "tokenize", "vocab", "lookup", "--tokenizer", scratch["t.json"], "the", "dog cat"
        ).succeeded()
        #expect(lookup.text == "3\tthe\n5 4\tdog cat\n")
        let ids = try Command.run(
            "tokenize", "vocab", "lookup", "--tokenizer", scratch["t.json"], "--id", "0", "2", "3"
        ).succeeded()
        #expect(ids.text == "0\t<bos>\n2\t<unk>\n3\tthe\n")
        try Command.run(
            "tokenize", "vocab", "lookup", "--tokenizer", scratch["t.json"], "--id", "99"
        ).expectError(65, saying: "99", "0 … 6")
        try Command.run(
            "tokenize", "vocab", "prune", "--tokenizer", scratch["t.json"], "--size", "4", "-o",
            scratch["small.json"]
        ).succeeded()
        let diff = try Command.run(
            "tokenize", "vocab", "diff", scratch["t.json"], scratch["small.json"]
        ).succeeded()
        #expect(diff.text == "-\t4\tcat\n-\t5\tdog\n-\t6\tend\n")
        #expect(diff.errors == "3 gone, 0 new, 0 with another id\n")
    }

    @Test func merge() throws {
        let scratch = try Scratch()
        func learn(_ name: String, _ text: String, _ flags: String...) throws -> String {
            try Command.run(
                ["tokenize", "train", "--level", "whitespace", "-o", scratch[name]] + flags,
                input: Array(text.utf8)
            ).succeeded()
            return scratch[name]
        }
        let one = try learn("one.json", "the cat the dog\n")
        let two = try learn("two.json", "dog dog end\n")
        let both = scratch["both.json"]
        for files in [[one, two], [two, one]] {
            let run = try Command.run(["tokenize", "vocab", "merge"] + files + ["-o", both])
                .succeeded()
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("7 tokens of "))
            let table = try Command.run("tokenize", "vocab", "export", "--tokenizer", both)
                .succeeded()
            #expect(table.text == "dog\t3\nthe\t2\ncat\t1\nend\t1\n")
        }
        try Command.run("tokenize", "vocab", "merge", one, "-o", both)
            .expectError(64, saying: "want two or more")
        let other = try learn("other.json", "a\n", "--fold")
        try Command.run("tokenize", "vocab", "merge", one, other, "-o", both)
            .expectError(65, saying: "case_folding: vocabulary 2 has true")
        try Command.run("tokenize", "vocab", "merge", one, two, "--size", "2", "-o", both)
            .expectError(64, saying: "got 2, want 3")
    }

    @Test func ownRules() throws {
        let scratch = try Scratch()
        let rules = try scratch.write(
            "my.rules", "!!chain;\n[a-z]+ [\\-] [a-z]+ {7};\n[a-z]+;\n.;\n")
        let file = scratch["t.json"]
        try Command.run(
            "tokenize", "train", "--profile", rules, "--minimum-frequency", "1", "-o", file,
            input: "well-known words\n"
        ).succeeded()
        // The file is enough.
        _ = try Shell.run("rm '\(rules)'")
        let tokens = try Command.run(
            "tokenize", "encode", "--tokenizer", file, "--format", "text",
            input: "words well-known\n"
        ).succeeded()
        #expect(tokens.text == "w\to\tr\td\ts\t \twell-known\n")
        try Command.run(
            "tokenize", "train", "--profile", rules, "-o", file, input: "x\n"
        ).expectError(66, saying: "want uax29, icu or a file", rules)
        let bad = try scratch.write("bad.rules", "!!chain;\n[a-z\n")
        try Command.run("tokenize", "train", "--profile", bad, "-o", file, input: "x\n")
            .expectError(65, saying: bad, "line 2")
        let fine = try scratch.write("fine.rules", ".;")
        try Command.run(
            "tokenize", "train", "--profile", fine, "--level", "byte", "-o", file, input: "x\n"
        ).expectError(64, saying: "rules")
    }

    /// A file that is not there is told the same way by every verb.
    @Test(arguments: [
        ["bench", "none"], ["stats", "none"], ["split", "none"], ["train", "none", "-o", "t.json"],
        ["encode", "--tokenizer", "none"], ["vocab", "import", "none", "-o", "t.json"],
        ["vocab", "merge", "none", "none", "-o", "t.json"], ["vocab", "diff", "none", "none"],
    ])
    func missingFiles(_ arguments: [String]) throws {
        try Command.run(["tokenize"] + arguments)
            .expectError(66, saying: "cannot open 'none': No such file or directory")
    }

    /// Compiled rules are kept where the environment says, and make no difference.
    @Test func cache() throws {
        let scratch = try Scratch()
        func run(_ cache: String) throws -> Shell {
            try Shell.run(
                "echo 'a b' | XDG_CACHE_HOME='\(cache)' '\(Command.path)' tokenize split")
        }
        let first = try run(scratch["cache"])
        #expect(first.status == 0)
        let names = try Shell.run("ls '\(scratch["cache"])/textvae'")
        #expect(names.output.hasPrefix("rules-"))
        #expect(names.output.split(separator: "\n").count == 1)
        for again in [try run(scratch["cache"]), try run("/dev/null/none")] {
            #expect(again.output == first.output)
            #expect(again.errors.isEmpty)
        }
    }

    @Test func wordsAreNoWordLevelModel() throws {
        let scratch = try Scratch()
        let corpus = try scratch.write("corpus.txt", "the cat\n")
        try Command.run("tokenize", "train", corpus, "-o", scratch["t.json"]).succeeded()
        try Command.run(
            "tokenize", "vocab", "export", "--tokenizer", scratch["t.json"], "--format", "hf"
        ).expectError(65, saying: "Hugging Face", "WordLevel")
    }

    @Test func check() throws {
        let scratch = try Scratch()
        try Command.run("tokenize", "check", "--unicode", scratch.path)
            .expectError(66, saying: "GraphemeBreakTest.txt", "unicode-data")
        // A database whose tests are one line each, one of them wrong.
        _ = try Shell.run("mkdir '\(scratch["auxiliary"])'")
        for name in ["GraphemeBreakTest", "WordBreakTest", "SentenceBreakTest"] {
            try scratch.write("auxiliary/\(name).txt", "÷ 0061 × 0301 ÷ # x\n")
        }
        try scratch.write("NormalizationTest.txt", "@Part1\n")
        try scratch.write("CaseFolding.txt", "0041; C; 0062; # wrong\n")
        let run = try Command.run(
            "tokenize", "check", "--unicode", scratch.path, "--strings", "50", "--line", "1000")
        run.expectFailure(1, saying: "failed")
        #expect(run.lines.contains { $0.hasPrefix("WordBreakTest.txt") && $0.hasSuffix("0") })
        #expect(run.lines.contains { $0.hasPrefix("round trip, words") && $0.hasSuffix(" 0") })
        #expect(run.errors.contains("CaseFolding.txt: line 1"))
    }

    @Test func bench() throws {
        let scratch = try Scratch()
        let text = try scratch.write("text.txt", String(repeating: "some words here\n", count: 50))
        let run = try Command.run(
            "tokenize", "bench", text, "--against", "icu", "--seconds", "0.01"
        ).succeeded()
        #expect(run.lines.first?.contains("ratio") == true)
        #expect(run.lines.contains { $0.hasPrefix("words to ids") })
    }
}
