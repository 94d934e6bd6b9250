import ArgumentParser
import CPlainICU
import Foundation
import Tokenize

/// Word boundaries and statuses, against `ubrk_next` and `ubrk_getRuleStatus` over UTF-16.
struct Words: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Word boundaries with rule statuses, against plain ICU.")

    @Option(help: "How often each is timed; the best counts.")
    var rounds = 5

    @Argument(help: "Text files.")
    var files: [String]

    func run() throws {
        for file in files {
            let corpus = try Corpus(path: file)
            let plain = corpus.bytes.withUnsafeBufferPointer { bytes in
                bytes.baseAddress.map {
                    plain_icu_pass(Int32(PLAIN_WORDS), $0, Int64(bytes.count), Int32(rounds))
                }
            }
            guard let plain, plain.seconds > 0 else { throw ValidationError("\(file) is empty") }
            print(
                corpus.name.padding(toLength: 14, withPad: " ", startingAt: 0), "plain ICU",
                Stopwatch.rate(corpus.bytes.count, plain.seconds), terminator: "")
            for profile in SegmentationProfile.allCases {
                let segmenter = try Segmenter(.word, profile: profile)
                let (seconds, segments) = try Self.time(segmenter, corpus, rounds: rounds)
                if profile == .icu, segments != Int(plain.segments) {
                    throw ValidationError(
                        "\(file): \(segments) segments, ICU has \(plain.segments)")
                }
                print(
                    "  \(profile)", Stopwatch.rate(corpus.bytes.count, seconds),
                    String(format: "%5.1f ×", plain.seconds / seconds), terminator: "")
            }
            print()
        }
    }

    /// Seconds and segments; every round has a worker that remembers nothing yet.
    static func time(
        _ segmenter: Segmenter, _ corpus: Corpus, rounds: Int
    ) throws -> (seconds: Double, segments: Int) {
        let ends = UnsafeMutableBufferPointer<Int>.allocate(capacity: 4096)
        let statuses = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 4096)
        defer {
            ends.deallocate()
            statuses.deallocate()
        }
        var segments = 0
        let seconds = corpus.bytes.withUnsafeBufferPointer { text in
            Stopwatch.best(of: rounds) {
                let worker = segmenter.makeWorker()
                worker.begin(text)
                segments = 0
                while case let count = worker.next(ends: ends, statuses: statuses), count > 0 {
                    segments += count
                }
            }
        }
        return (seconds, segments)
    }
}
