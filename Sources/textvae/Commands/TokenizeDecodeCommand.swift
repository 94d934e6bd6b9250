import ArgumentParser
import Tokenize

struct TokenizeDecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Turn token ids into text: a line for each line of ids.",
        discussion: """
            EXAMPLES:
              textvae tokenize decode --tokenizer tokenizer.json < ids.txt
              echo "17 4 301" | textvae tokenize decode --tokenizer model/tokenizer.json
            """)

    @OptionGroup var options: TokenizerOptions
    @OptionGroup var input: InputFiles
    @OptionGroup var output: OutputOptions

    func run() throws {
        let tokenizer = try options.load()
        try output.write { sink in
            var writer = LineWriter(to: sink)
            try input.forEachLine { bytes, place in
                try writer.write(try Self.text(bytes, place, tokenizer))
            }
            writer.tell()
        }
    }

    private static func text(
        _ line: UnsafeBufferPointer<UInt8>, _ place: Place, _ tokenizer: Tokenizer
    ) throws -> [UInt8] {
        let words = line.split { $0 == 0x20 || $0 == 0x09 }
        let tokenIDs = try words.enumerated().map { index, word in
            let text = String(decoding: word, as: UTF8.self)
            guard let tokenID = Int32(text), 0..<tokenizer.vocabularySize ~= Int(tokenID) else {
                throw UserError.data(
                    "\(place), token \(index + 1): got \"\(text.prefix(40))\", allowed are 0 … "
                        + "\(tokenizer.vocabularySize - 1)")
            }
            return tokenID
        }
        return try tokenizer.decode(tokenIDs)
    }
}
