import Foundation

/// Times one piece of work on the calling thread.
enum Stopwatch {
    /// CPU seconds of the best of some rounds.
    static func best(of rounds: Int, _ body: () throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<rounds {
            let start = now()
            try body()
            best = min(best, Double(now() - start) * 1e-9)
        }
        return best
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// "1234.5 MB/s", right-aligned.
    static func rate(_ bytes: Int, _ seconds: Double) -> String {
        String(format: "%8.1f MB/s", Double(bytes) / seconds / 1e6)
    }
}
