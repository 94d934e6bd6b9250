import Dispatch
import Synchronization
import Tensors

/// Workers that compute batches side by side, one thread and one tape each.
///
/// Batches of a model in use do not wait for each other, so a thread a batch leaves no thread idle where an operation is
/// too small to be shared or the host prepares the next one.
final class ComputingTeam {
    private var tapes: [Tape] = []

    /// The results of `body` for 0 ..< count, in order.
    ///
    /// Pieces are computed as threads come free, each on a tape that was reset for it; a single one on all threads of the
    /// calling thread's pool. After an error no further piece is begun, and the first one is thrown.
    ///
    /// - Parameter firstAlone: whether piece 0 is computed before all others begin: it may make what the others find.
    func map<Result>(
        _ count: Int, firstAlone: Bool, _ body: (_ index: Int, _ tape: Tape) throws -> Result
    ) throws -> [Result] {
        guard count > 0 else { return [] }
        let begun = firstAlone || count == 1 ? 1 : 0
        let workers = max(1, min(ThreadPool.threadCount, count - begun))
        while tapes.count < workers { tapes.append(Tape(arena: Arena(), isRecording: false)) }
        func compute(_ index: Int, _ worker: Int) throws -> Result {
            let tape = tapes[worker]
            tape.reset()
            return try body(index, tape)
        }
        guard workers > 1 else { return try (0..<count).map { try compute($0, 0) } }
        var results = [Swift.Result<Result, any Error>?](repeating: nil, count: count)
        if begun == 1 { results[0] = .success(try compute(0, 0)) }
        results.withUnsafeMutableBufferPointer { places in
            withoutActuallyEscaping(compute) { compute in
                // Each place is written by the worker that took its number; a tape belongs to one worker.
                nonisolated(unsafe) let (places, compute) = (places, compute)
                let next = Atomic(begun)
                DispatchQueue.concurrentPerform(iterations: workers) { worker in
                    let before = ThreadPool.threadCount
                    ThreadPool.setThreadCount(1)
                    defer { ThreadPool.setThreadCount(before) }
                    while case let index = next.add(1, ordering: .relaxed).oldValue, index < count {
                        let result = Swift.Result { try compute(index, worker) }
                        places[index] = result
                        if case .failure = result { next.store(count, ordering: .relaxed) }
                    }
                }
            }
        }
        // A piece that was never begun stands behind one that failed.
        return try results.compactMap { try $0?.get() }
    }
}
