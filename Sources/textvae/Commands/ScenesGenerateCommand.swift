import ArgumentParser
import Files
import Scenes

struct ScenesGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Print distinct sentences of the scenes grammar in a random order.",
        discussion: """
            EXAMPLES:
              textvae scenes generate --count 20000 --seed 1 > scenes.txt
              textvae scenes generate --count 1000 --skip 20000 --seed 1 > held-out.txt
              textvae scenes generate --count 20000 --labels labels.tsv > scenes.txt

            A longer sample begins with the shorter one of the same seed, and slices that do not overlap share no \
            sentence.
            """)

    @Option(name: .shortAndLong, help: "Sentences to print.")
    var count: Int

    @Option(help: "Of the order.")
    var seed: UInt64 = 1

    @Option(help: "Sentences to leave out first.")
    var skip = 0

    @Option(
        help: ArgumentHelp(
            "Also write the factors of each sentence, tab-separated, under a line of names.",
            valueName: "file.tsv"),
        completion: .file())
    var labels: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        let limit = SceneGrammar.standard.sentenceCount
        guard 0...limit ~= count, 0...limit ~= skip, count + skip <= limit else {
            throw ValidationError(
                "--count and --skip: got \(count) and \(skip), the grammar has \(limit) sentences.")
        }
    }

    func run() throws {
        let sample = try SceneSampler(grammar: .standard, seed: seed, count: count + skip)
        let assignments = sample.dropFirst(skip)
        if let labels {
            try DurableFile.writeAtomically(labels) { try write(assignments, labels: $0) }
        } else {
            try write(assignments, labels: nil)
        }
    }

    private func write(_ assignments: Slice<SceneSampler>, labels: FileSink?) throws {
        let grammar = SceneGrammar.standard
        try labels?.writeLine(grammar.factors.map(\.name).joined(separator: "\t"))
        try output.write { sink in
            for assignment in assignments {
                try sink.writeLine(grammar.render(assignment))
                try labels?.writeLine(grammar.labels(of: assignment).joined(separator: "\t"))
            }
        }
    }
}
