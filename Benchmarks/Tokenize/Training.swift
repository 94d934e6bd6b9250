import ArgumentParser
import Foundation
import Tokenize

/// Learning a vocabulary from files, the clock on the wall.
struct Training: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Files to a vocabulary of words; wall-clock time.")

    @Option(help: "Most ids of the vocabulary.")
    var vocabulary = 50_000

    @Option(help: "Threads that count.")
    var threads = 1

    @Option(help: "How often it is timed; the best counts.")
    var rounds = 5

    @Argument(help: "Text files.")
    var files: [String]

    func run() throws {
        for file in files {
            let bytes = try Corpus(path: file).bytes.count
            var best = Double.infinity
            var size = 0
            for _ in 0..<rounds {
                let start = DispatchTime.now().uptimeNanoseconds
                var trainer = try VocabularyTrainer(
                    TokenizerSpec(level: .word), maximumSize: vocabulary)
                try trainer.add(RecordStream(paths: [file]), threads: threads)
                size = try trainer.finish().vocabularySize
                best = min(best, Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
            }
            print(
                URL(fileURLWithPath: file).lastPathComponent
                    .padding(toLength: 14, withPad: " ", startingAt: 0),
                "train, \(threads) threads",
                Stopwatch.rate(bytes, best), " \(size) ids")
        }
    }
}
