import ArgumentParser
import Glibc

/// Whether a long reading tells how far it is.
struct ProgressOptions: ParsableArguments {
    @Flag(help: "Tell on standard error how far it is, once a second.")
    var progress = false

    /// Something to tell bytes to.
    func meter() -> ByteMeter { ByteMeter(isShown: progress) }
}

/// Tells bytes read and their rate on standard error.
struct ByteMeter {
    private let isShown: Bool
    private let start = Self.seconds
    private var last = Self.seconds

    init(isShown: Bool) { self.isShown = isShown }

    /// Tells, unless less than a second has gone by.
    mutating func tell(_ byteCount: UInt64) {
        guard isShown, Self.seconds - last >= 1 else { return }
        last = Self.seconds
        let rate = Double(byteCount) / max(1e-9, last - start)
        let line =
            "\(Figures.fixed(Double(byteCount) / 1e6, 0)) MB · \(Figures.fixed(rate / 1e6, 0)) MB/s"
        if StandardError.isTerminal {
            StandardError.put("\r\(line)\u{1B}[K")
        } else {
            StandardError.write(line)
        }
    }

    /// Ends the line.
    func finish() {
        if isShown, StandardError.isTerminal, last > start { StandardError.put("\r\u{1B}[K") }
    }

    private static var seconds: Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }
}
