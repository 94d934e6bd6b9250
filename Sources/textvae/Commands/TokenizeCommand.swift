import ArgumentParser

struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Learn a tokenizer, and turn text into token ids and back.",
        discussion: """
            EXAMPLES:
              textvae tokenize train corpus.txt --level word --output tokenizer.json
              textvae tokenize encode --tokenizer tokenizer.json < text.txt > ids.txt
              textvae tokenize decode --tokenizer tokenizer.json < ids.txt
              textvae tokenize stats corpus.txt
            """,
        subcommands: [
            TokenizeTrainCommand.self, TokenizeEncodeCommand.self, TokenizeDecodeCommand.self,
            TokenizeSplitCommand.self, TokenizeNormalizeCommand.self, TokenizeStatsCommand.self,
            TokenizeVocabCommand.self, TokenizeCheckCommand.self, TokenizeBenchCommand.self,
        ])
}
