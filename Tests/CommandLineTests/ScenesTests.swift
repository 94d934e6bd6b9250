import Testing

@Suite struct ScenesTests {
    @Test func generateAndParse() throws {
        let scratch = try Scratch()
        let generated = try Command.run(
            "scenes", "generate", "--count", "50", "--seed", "3", "--labels", scratch["l.tsv"]
        ).succeeded()
        #expect(generated.lines.count == 50)
        let labels = String(decoding: try scratch.read("l.tsv"), as: UTF8.self)
            .split(separator: "\n")
        #expect(labels.count == 51)
        #expect(labels.allSatisfy { $0.split(separator: "\t").count == 10 })

        let rest = try Command.run(
            "scenes", "generate", "--count", "20", "--seed", "3", "--skip", "30")
        #expect(rest.lines == Array(generated.lines.suffix(20)))

        let parsed = try Command.run("scenes", "parse", input: generated.text + "no scene\n")
        #expect(parsed.text == "50 of 51 lines parse (98.0 %), 50 different\n")
        let json = try Command.run("scenes", "parse", "--json", input: generated.text).succeeded()
        #expect(
            json.text.hasPrefix("{\"lines\":50,\"parsed\":50,\"parsed_share\":1.0,\"distinct\":50,")
        )
    }

    @Test func ofNothing() throws {
        #expect(try Command.run("scenes", "generate", "--count", "0").succeeded().output.isEmpty)
        #expect(try Command.run("scenes", "parse").text == "0 of 0 lines parse, 0 different\n")
    }
}
