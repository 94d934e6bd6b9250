import ArgumentParser
import Files
import Tokenize

struct TokenizeVocabLookupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Say which token an id is, and which id a token has.",
        discussion: """
            EXAMPLES:
              textvae tokenize vocab lookup --tokenizer t.json " the" naive
              textvae tokenize vocab lookup --tokenizer t.json --id 17 301

            A line for each: the id, a TAB and the token, escaped as in vocab export.
            For a text that is no token the ids that spell it are given.
            """)

    @OptionGroup var options: TokenizerOptions

    @Flag(name: .customLong("id"), help: "The arguments are ids.")
    var areIDs = false

    @Argument(help: ArgumentHelp("Tokens, or ids with --id.", valueName: "token"))
    var tokens: [String]

    @OptionGroup var quiet: QuietOptions

    func run() throws {
        quiet.apply()
        let tokenizer = try options.load()
        let lines = try tokens.map { token in
            areIDs ? try line(of: token, tokenizer) : line(spelling: token, tokenizer)
        }
        try OutputOptions.print { sink in
            for line in lines { try sink.writeLine(line) }
        }
    }

    private func line(of text: String, _ tokenizer: Tokenizer) throws -> [UInt8] {
        guard let tokenID = Int32(text),
            let bytes = tokenizer.specialName(of: tokenID) ?? tokenizer.bytes(of: tokenID)
        else {
            throw UserError.data(
                "got \"\(text.prefix(40))\", allowed are 0 … \(tokenizer.vocabularySize - 1)")
        }
        return Array("\(tokenID)\t".utf8) + TokenEscape.escaped(bytes)
    }

    private func line(spelling text: String, _ tokenizer: Tokenizer) -> [UInt8] {
        let bytes = TokenEscape.unescaped(text.utf8)
        let tokenIDs =
            tokenizer.tokenID(of: bytes).map { [$0] } ?? tokenizer.encode(bytes: bytes)
        let ids = tokenIDs.map { "\($0)" }.joined(separator: " ")
        return Array("\(ids)\t".utf8) + TokenEscape.escaped(bytes)
    }
}
