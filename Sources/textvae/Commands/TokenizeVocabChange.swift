import ArgumentParser
import Files
import Tokenize

struct TokenizeVocabPruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Keep the first entries of a vocabulary.",
        discussion: """
            EXAMPLES:
              textvae tokenize vocab prune --tokenizer t.json --size 8000 -o small.json
              textvae tokenize vocab prune --tokenizer t.json --minimum-frequency 5 -o s

            Entries stand in the order of their counts, characters first at the word
            level; those kept get ids anew, in their order.
            """)

    @OptionGroup var options: TokenizerOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The tokenizer file to write.", valueName: "file"), completion: .file())
    var output: String

    @Option(help: ArgumentHelp("Most token ids.", valueName: "count"))
    var size = Int(Int32.max)

    @Option(help: ArgumentHelp("Entries counted less often go.", valueName: "count"))
    var minimumFrequency: UInt64 = 0

    @OptionGroup var quiet: QuietOptions

    func run() throws {
        quiet.apply()
        let tokenizer = try options.load()
        var tokens: [[UInt8]] = []
        var counts: [UInt64] = []
        var total = 0
        tokenizer.forEachEntry { bytes, count in
            total += 1
            if count >= minimumFrequency {
                tokens.append(Array(bytes))
                counts.append(count)
            }
        }
        let head = tokenizer.vocabularySize - total
        guard size >= head else {
            throw UserError.usage(
                "--size: got \(size), want \(head) (special and byte tokens) or more")
        }
        let kept = try Tokenizer(
            spec: tokenizer.spec, tokens: Array(tokens.prefix(size - head)),
            counts: Array(counts.prefix(size - head)))
        try kept.write(to: output)
        StandardError.tell(
            "wrote \(output): \(Figures.count(kept.vocabularySize, "token")) of "
                + Figures.grouped(tokenizer.vocabularySize))
    }
}

struct TokenizeVocabDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "List the entries that only one of two vocabularies has.",
        discussion: """
            EXAMPLES:
              textvae tokenize vocab diff old.json new.json

            Lines begin with - for entries of the first alone and + for those of the
            second; the id and the token follow. The last line on standard error
            counts them, and those that both have under other ids.
            """)

    @Argument(
        help: ArgumentHelp("The two tokenizer files.", valueName: "file"), completion: .file())
    var files: [String]

    func validate() throws {
        if files.count != 2 { throw ValidationError("got \(files.count) files, want two.") }
    }

    @OptionGroup var quiet: QuietOptions

    func run() throws {
        quiet.apply()
        let old = try TokenizerOptions.load(files[0])
        let new = try TokenizerOptions.load(files[1])
        var moved = 0
        let (gone, added) = try OutputOptions.print { sink in
            let gone = try Self.write("-", old, new, to: sink) { moved += $0 == $1 ? 0 : 1 }
            return (gone, try Self.write("+", new, old, to: sink) { _, _ in })
        }
        StandardError.tell("\(gone) gone, \(added) new, \(moved) with another id")
    }

    /// Writes the entries of `left` that `right` lacks, and shows the ids of the others.
    private static func write(
        _ sign: String, _ left: Tokenizer, _ right: Tokenizer, to sink: FileSink,
        _ common: (Int32, Int32) -> Void
    ) throws -> Int {
        var count = 0
        try left.forEachEntry { bytes, _ in
            let tokenID = left.tokenID(of: bytes) ?? 0
            if let other = right.tokenID(of: bytes) {
                common(tokenID, other)
            } else {
                count += 1
                try sink.writeLine(
                    Array("\(sign)\t\(tokenID)\t".utf8) + TokenEscape.escaped(bytes))
            }
        }
        return count
    }
}
