import Glibc
import Synchronization

/// Ctrl-C and `kill`: the first asks to stop, the second stops at once.
enum Signals {
    private static let pending = Atomic<Int32>(0)

    /// The signal that asked to stop, if any did.
    static var received: Int32? {
        let number = pending.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// From here on a first signal only leaves its number in ``received``.
    static func catchStops() {
        pending.store(0, ordering: .relaxed)
        // A parent's worker threads block signals, and its children would inherit that.
        var stops = sigset_t()
        sigemptyset(&stops)
        sigaddset(&stops, SIGINT)
        sigaddset(&stops, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &stops, nil)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                // Nothing but an atomic and _exit: both are allowed in a handler.
                let (isFirst, _) = Signals.pending.compareExchange(
                    expected: 0, desired: number, ordering: .relaxed)
                if !isFirst { _exit(128 + number) }
            }
        }
    }

    /// Back to the system's own behaviour.
    static func release() {
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
}
