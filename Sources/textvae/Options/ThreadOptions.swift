import ArgumentParser
import Foundation
import Glibc
import Tensors

/// How many threads compute.
struct ThreadOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Threads that compute (default: $TEXTVAE_THREADS, or all cores). Results do not depend on it.",
            valueName: "count"))
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024 ~= threads) {
            throw ValidationError("--threads: got \(threads), want 1 … 1024.")
        }
    }

    /// Sets the pool of the calling thread, which must be the one that computes.
    func apply() throws { ThreadPool.setThreadCount(try count()) }

    /// How many threads were asked for.
    func count() throws -> Int { try threads ?? Self.preset() }

    private static func preset() throws -> Int {
        guard let text = getenv("TEXTVAE_THREADS").map({ String(cString: $0) }), !text.isEmpty
        else { return ProcessInfo.processInfo.activeProcessorCount }
        guard let count = Int(text), 1...1024 ~= count else {
            throw UserError.usage("TEXTVAE_THREADS: got \"\(text)\", want 1 … 1024")
        }
        return count
    }
}
