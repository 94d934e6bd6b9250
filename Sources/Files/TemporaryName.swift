import Glibc
import Synchronization

/// The names of unfinished files and folders: `.<name>.tmp-<pid>-<n>` and `.tmp-<name>-<pid>-<n>`.
///
/// The name alone says what it is, whose it is (the process), and so whether anybody still needs it.
struct TemporaryName {
    enum Kind {
        case file
        case folder
    }

    let kind: Kind
    let name: String
    let pid: Int32

    /// A name no other call of this process has had.
    static func make(for name: String, kind: Kind) -> String {
        let serial = serial.wrappingAdd(1, ordering: .relaxed).newValue
        return switch kind {
        case .file: ".\(name).tmp-\(getpid())-\(serial)"
        case .folder: ".tmp-\(name)-\(getpid())-\(serial)"
        }
    }

    /// Reads a name back, or nil where it is none of ours.
    init?(_ text: String, kind: Kind) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, let pid = Self.number(parts[parts.count - 2]),
            Self.number(parts[parts.count - 1]) != nil
        else { return nil }
        let head = parts.dropLast(2).joined(separator: "-")
        let (prefix, suffix) = kind == .file ? (".", ".tmp") : (".tmp-", "")
        guard head.hasPrefix(prefix), head.hasSuffix(suffix),
            head.utf8.count > prefix.utf8.count + suffix.utf8.count
        else { return nil }
        self.kind = kind
        self.pid = pid
        name = text
    }

    /// Whether the process that made it is gone: so nobody will finish it.
    ///
    /// A name with our own process id that is not in ``active`` stems from a process that had the
    /// same id before, as happens in containers.
    var isAbandoned: Bool {
        if pid == getpid() { return !Self.active.withLock { $0.contains(name) } }
        return kill(pid, 0) != 0 && errno == ESRCH
    }

    /// The names this process is writing to right now; only membership is asked.
    static let active = Mutex<Set<String>>([])

    private static let serial = Atomic<Int>(0)

    /// A number as we write it: digits, no sign, no leading zero.
    private static func number(_ text: Substring) -> Int32? {
        guard let value = Int32(text), value > 0, String(value) == text else { return nil }
        return value
    }
}
