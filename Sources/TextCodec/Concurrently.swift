import Dispatch

/// Two pieces of work at the same time.
enum Concurrently {
    /// Runs both, one of them on the calling thread, and waits; errors stay with the piece that threw.
    static func run<A, B>(
        _ first: () throws -> A, and second: () throws -> B
    ) -> (Result<A, any Error>, Result<B, any Error>) {
        // Each place is written by one thread and read after both have ended.
        nonisolated(unsafe) var a: Result<A, any Error>?
        nonisolated(unsafe) var b: Result<B, any Error>?
        withoutActuallyEscaping(first) { first in
            withoutActuallyEscaping(second) { second in
                nonisolated(unsafe) let work = (first, second)
                DispatchQueue.concurrentPerform(iterations: 2) { index in
                    if index == 0 {
                        a = Result { try work.0() }
                    } else {
                        b = Result { try work.1() }
                    }
                }
            }
        }
        guard let a, let b else { preconditionFailure("a piece of work was not run") }
        return (a, b)
    }
}
