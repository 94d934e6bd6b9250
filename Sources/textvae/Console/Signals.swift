import Foundation
import Synchronization

/// Ctrl-C and `kill`: where work can be saved the first asks to stop; the second, or the first anywhere else, stops at once.
///
/// A thread of its own waits for them, and all others block them. A handler would not do: oneDNN's products use the
/// stack pointer for a workspace on the heap, and the frame of a handler that interrupts one would be written over
/// what lies below it.
enum Signals {
    private static let pending = Atomic<Int32>(0)
    private static let isCaught = Atomic<Bool>(false)

    /// The signal that asked to stop, if any did.
    static var received: Int32? {
        let number = pending.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// Hands the signals to their thread.
    ///
    /// Must come before the first thread that computes, which inherits what is blocked.
    static func watch() {
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        var stops = stopSignals
        pthread_sigmask(SIG_BLOCK, &stops, nil)
        Thread.detachNewThread {
            var stops = stopSignals
            var number: Int32 = 0
            while sigwait(&stops, &number) == 0 { take(number) }
        }
    }

    /// Runs what can be stopped by a look at ``received``.
    static func catching<Result>(_ body: () throws -> Result) rethrows -> Result {
        isCaught.store(true, ordering: .relaxed)
        defer { isCaught.store(false, ordering: .relaxed) }
        return try body()
    }

    private static func take(_ number: Int32) {
        guard isCaught.load(ordering: .relaxed), received == nil else { _exit(128 + number) }
        pending.store(number, ordering: .relaxed)
    }

    private static var stopSignals: sigset_t {
        var stops = sigset_t()
        sigemptyset(&stops)
        sigaddset(&stops, SIGINT)
        sigaddset(&stops, SIGTERM)
        return stops
    }
}
