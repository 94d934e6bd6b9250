import ArgumentParser

struct TokenizeVocabCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vocab",
        abstract: "Look into vocabularies, and exchange them with other programs.",
        discussion: """
            EXAMPLES:
              textvae tokenize vocab lookup --tokenizer t.json " the" 301
              textvae tokenize vocab export --tokenizer t.json --format tsv
              textvae tokenize vocab import --format hf tokenizer.json -o t.json
              textvae tokenize vocab prune --tokenizer t.json --size 8000 -o small.json
              textvae tokenize vocab diff old.json new.json
              textvae tokenize vocab merge one.json two.json -o both.json
            """,
        subcommands: [
            TokenizeVocabLookupCommand.self, TokenizeVocabExportCommand.self,
            TokenizeVocabImportCommand.self, TokenizeVocabPruneCommand.self,
            TokenizeVocabDiffCommand.self, TokenizeVocabMergeCommand.self,
        ])

    /// Files that hold vocabularies.
    enum Format: String, CaseIterable {
        /// Hugging Face's `tokenizer.json` with a WordLevel model.
        case hf
        /// `vocab.txt`: the token of each id, a line each.
        case text
        /// An entry, a TAB and its count.
        case tsv
    }
}
