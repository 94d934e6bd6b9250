import Dispatch

/// Work on items in parallel with results in the order of the items.
public enum OrderedWork {
    /// Takes items from `next`, hands each to a worker, and the results to `emit` in order.
    ///
    /// At most one item a thread is under way. `next` and `emit` are never called twice at once, and
    /// each worker is only ever used by one thread at a time. The first error in the order of the
    /// items ends the work and is thrown; all results before it have been emitted then.
    /// - Parameters:
    ///   - threads: how many work at most; 1 works on the calling thread.
    ///   - next: the next item, nil when there are no more.
    ///   - makeWorker: makes what turns an item into a result; called once a thread.
    ///   - emit: takes a result, on the thread that made it.
    public static func run<Item, Output>(
        threads: Int, next: () throws -> Item?, makeWorker: () throws -> (Item) throws -> Output,
        emit: (Output) throws -> Void
    ) throws {
        guard threads > 1 else {
            let work = try makeWorker()
            while let item = try next() { try emit(try work(item)) }
            return
        }
        let workers = try (0..<threads).map { _ in try makeWorker() }
        try withoutActuallyEscaping(next) { next in
            try withoutActuallyEscaping(emit) { emit in
                let line = WorkLine(next: next, workers: workers, emit: emit)
                DispatchQueue.concurrentPerform(iterations: threads) { line.work($0) }
                try line.finish()
            }
        }
    }
}

/// Items on their way: taken in order under one lock, handed on in order under another.
///
/// `@unchecked Sendable`: what each half holds is touched only under its lock, and a worker only by
/// the thread with its number.
private final class WorkLine<Item, Output>: @unchecked Sendable {
    private let next: () throws -> Item?
    private let workers: [(Item) throws -> Output]
    private let emit: (Output) throws -> Void

    private let input = Gate()
    private var issued = 0
    private var isEnded = false
    private var inputFailure: (any Error)?

    private let output = Gate()
    private var turn = 0
    private var failure: (any Error)?

    init(
        next: @escaping () throws -> Item?, workers: [(Item) throws -> Output],
        emit: @escaping (Output) throws -> Void
    ) {
        self.next = next
        self.workers = workers
        self.emit = emit
    }

    /// What the thread with this number does until there are no more items.
    func work(_ number: Int) {
        while let (ticket, item) = take() {
            let result = Result { try workers[number](item) }
            if !hand(result, ticket) { end() }
        }
    }

    /// Throws the first error in the order of the items.
    func finish() throws {
        if let failure = failure ?? inputFailure { throw failure }
    }

    private func take() -> (ticket: Int, item: Item)? {
        input.lock()
        defer { input.unlock() }
        if isEnded { return nil }
        do {
            if let item = try next() {
                issued += 1
                return (issued - 1, item)
            }
        } catch { inputFailure = error }
        isEnded = true
        return nil
    }

    /// Emits a result in its turn; false once anything has failed.
    private func hand(_ result: Result<Output, any Error>, _ ticket: Int) -> Bool {
        output.lock()
        while turn != ticket { output.wait() }
        if failure == nil {
            do { try emit(try result.get()) } catch { failure = error }
        }
        turn += 1
        let goesOn = failure == nil
        output.wake()
        output.unlock()
        return goesOn
    }

    private func end() {
        input.lock()
        isEnded = true
        input.unlock()
    }
}
