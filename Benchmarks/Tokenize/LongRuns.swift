import ArgumentParser
import Foundation
import Tokenize

/// Runs without end, against prose: time must stay linear.
struct LongRuns: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "long", abstract: "Very long runs, against the speed of prose.")

    @Argument(help: "A text file of prose.")
    var prose: String

    func run() throws {
        let prose = try Corpus(path: prose)
        let runs = [
            Corpus(name: "a", repeating: "a", copies: 100_000_000),
            Corpus(name: "spaces", repeating: " ", copies: 100_000_000),
            Corpus(name: "flags", repeating: "🇩🇪", copies: 10_000_000),
            Corpus(name: "marks", repeating: "\u{301}", copies: 10_000_000),
        ]
        for level in [SegmentLevel.grapheme, .word] {
            let segmenter = try Segmenter(level)
            let (seconds, _) = try Words.time(segmenter, prose, rounds: 3)
            let speed = Double(prose.bytes.count) / seconds
            print(level, "prose", Stopwatch.rate(prose.bytes.count, seconds))
            for run in runs {
                let (seconds, segments) = try Words.time(segmenter, run, rounds: 1)
                let own = Double(run.bytes.count) / seconds
                print(
                    level, run.name, Stopwatch.rate(run.bytes.count, seconds),
                    String(format: "prose is %4.1f × as fast,", speed / own), segments, "segments")
            }
        }
        for level in [TokenLevel.character, .word] {
            let (seconds, _) = try TokenIDs.time(prose, level: level, rounds: 2)
            let speed = Double(prose.bytes.count) / seconds
            print(level, "→ ids, prose", Stopwatch.rate(prose.bytes.count, seconds))
            let tokenizer = try Tokenizer(spec: TokenizerSpec(level: level))
            for run in runs {
                var count = 0
                let buffer = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 4096)
                defer { buffer.deallocate() }
                let seconds = run.bytes.withUnsafeBufferPointer { text in
                    Stopwatch.best(of: 1) {
                        let encoder = tokenizer.makeEncoder()
                        encoder.begin(text)
                        while case let found = encoder.next(into: buffer), found > 0 {
                            count += found
                        }
                    }
                }
                let own = Double(run.bytes.count) / seconds
                print(
                    level, "→ ids,", run.name, Stopwatch.rate(run.bytes.count, seconds),
                    String(format: "prose is %4.1f × as fast,", speed / own), count, "ids")
            }
        }
    }
}
