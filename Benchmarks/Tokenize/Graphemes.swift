import ArgumentParser
import Foundation
import Tokenize

/// Characters to ids, against Swift's own loop over the characters of a string.
struct Graphemes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Text to ids at the character level, against Swift's Character loop.")

    @Option(help: "How often each is timed; the best counts.")
    var rounds = 3

    @Argument(help: "Text files.")
    var files: [String]

    func run() throws {
        for file in files {
            let corpus = try Corpus(path: file)
            let string = String(decoding: corpus.bytes, as: UTF8.self)
            var characters = 0
            let swift = Stopwatch.best(of: rounds) {
                characters = 0
                for character in string { characters += character == "\n" ? 2 : 1 }
            }
            let (seconds, ids) = try TokenIDs.time(corpus, level: .character, rounds: rounds)
            print(
                corpus.name.padding(toLength: 14, withPad: " ", startingAt: 0), "Swift",
                Stopwatch.rate(corpus.bytes.count, swift), "  graphemes → ids",
                Stopwatch.rate(corpus.bytes.count, seconds),
                String(format: "%5.1f ×", swift / seconds), " (\(characters), \(ids))")
        }
    }
}
