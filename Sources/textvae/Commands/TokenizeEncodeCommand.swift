import ArgumentParser
import Tokenize

struct TokenizeEncodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Turn text into token ids: a line of ids for each line.",
        discussion: """
            EXAMPLES:
              textvae tokenize encode --tokenizer tokenizer.json < text.txt
              textvae tokenize encode --tokenizer model/tokenizer.json text.txt -o ids

            Start and end marks are not among the ids.
            """)

    @OptionGroup var options: TokenizerOptions
    @OptionGroup var input: InputFiles
    @OptionGroup var output: OutputOptions

    func run() throws {
        let tokenizer = try options.load()
        let encoder = tokenizer.makeEncoder()
        var tokenIDs: [Int32] = []
        try output.write { sink in
            try input.forEachLine { bytes, _ in
                tokenIDs.removeAll(keepingCapacity: true)
                encoder.encode(bytes, into: &tokenIDs)
                try sink.writeLine(tokenIDs.map(String.init).joined(separator: " "))
            }
        }
    }
}
