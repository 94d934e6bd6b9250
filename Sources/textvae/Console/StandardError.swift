import Glibc
import Synchronization

/// Everything that is not a result.
enum StandardError {
    /// Writes a line at once.
    ///
    /// What cannot be said here cannot be said anywhere, so failures are ignored.
    static func write(_ line: String) { put(line + "\n") }

    private static let isSilent = Atomic(false)

    /// From now on `tell` and `note` say nothing; errors are still told.
    static func silence() { isSilent.store(true, ordering: .relaxed) }

    /// Says in a line what was done.
    static func tell(_ line: String) {
        if !isSilent.load(ordering: .relaxed) { write(line) }
    }

    /// A remark on what was done, without being asked for: `textvae: note: …`.
    static func note(_ text: String) { tell("textvae: note: " + text) }

    /// Writes a text as it stands.
    static func put(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }

    /// Whether a person is looking.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns of the terminal, 80 where it does not say.
    static var columns: Int {
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
    }
}
