import ArgumentParser
import Foundation
import Tokenize

/// Text to ids with a vocabulary learned from the same text.
struct TokenIDs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ids", abstract: "Text to ids; peers.py holds it against other toolkits.")

    @Option(help: "The level: word or character.")
    var level: TokenLevel = .word

    @Option(help: "Most ids of the vocabulary.")
    var vocabulary = 50_000

    @Option(help: "How often it is timed; the best counts.")
    var rounds = 5

    @Argument(help: "Text files.")
    var files: [String]

    func run() throws {
        for file in files {
            let corpus = try Corpus(path: file)
            let (seconds, ids) = try Self.time(
                corpus, level: level, vocabulary: vocabulary, rounds: rounds)
            print(
                corpus.name.padding(toLength: 14, withPad: " ", startingAt: 0), "\(level) → ids",
                Stopwatch.rate(corpus.bytes.count, seconds), " \(ids) ids")
        }
    }

    /// Seconds and ids; the text is encoded line by line in blocks, as a reader of files would.
    static func time(
        _ corpus: Corpus, level: TokenLevel, vocabulary: Int = 50_000, rounds: Int
    ) throws -> (seconds: Double, ids: Int) {
        var trainer = try VocabularyTrainer(TokenizerSpec(level: level), maximumSize: vocabulary)
        corpus.bytes.withUnsafeBufferPointer { trainer.add($0) }
        let tokenizer = try trainer.finish()
        let buffer = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 1 << 14)
        defer { buffer.deallocate() }
        var count = 0
        let seconds = corpus.bytes.withUnsafeBufferPointer { text in
            Stopwatch.best(of: rounds) {
                let encoder = tokenizer.makeEncoder()
                count = 0
                var start = 0
                while start < text.count {
                    let end = min(text.count, start + 1 << 16)
                    let line = text[start..<end].lastIndex(of: 0x0A).map { $0 + 1 } ?? end
                    encoder.begin(UnsafeBufferPointer(rebasing: text[start..<line]))
                    while case let found = encoder.next(into: buffer), found > 0 { count += found }
                    start = line
                }
            }
        }
        return (seconds, count)
    }
}

extension TokenLevel: ExpressibleByArgument {}
