import Tensors

/// The batches of an epoch: every record once, alike in length within a batch, in random order.
///
/// An epoch's records are permuted (``RandomPermutation``) and taken in windows of `windowBatches` ×
/// `batchSize`. In a window they are sorted by length (equal lengths keep the permuted order) and cut
/// into batches, and the batches are permuted in turn. All of it is a pure function of
/// (seed, epoch); a cursor is two integers, and resuming at it reads one window of the index.
/// Memory is one window, whatever the corpus.
public final class BatchSchedule {
    /// Most sequences in a batch; only the last window's longest batch may have fewer.
    public let batchSize: Int
    /// Batches in an epoch: ⌈records / batchSize⌉, the same in every epoch.
    public let batchCount: Int

    private let store: TokenStore
    private let windowBatches: Int
    private let seed: UInt64
    private var cached: (epoch: Int, number: Int, window: BatchWindow)?

    /// Plans batches over the sequences to train on.
    /// - Parameters:
    ///   - batchSize: sequences in a batch, 1 … 2²⁰.
    ///   - windowBatches: batches sorted together, 1 … 2²⁰: more mean less padding, fewer more
    ///     random batches.
    ///   - seed: decides the order together with the epoch.
    public init(
        _ corpus: TokenCorpus, batchSize: Int, windowBatches: Int = 64, seed: UInt64
    ) {
        BatchWindow.check(batchSize: batchSize, windowBatches: windowBatches)
        store = corpus.training
        self.batchSize = batchSize
        self.windowBatches = windowBatches
        self.seed = seed
        batchCount = BatchWindow.batchCount(store.recordCount, batchSize)
    }

    /// The sequences of a batch.
    /// - Throws: ``TrainingError/cursorOutOfRange(epoch:batch:batchCount:)``, or
    ///   ``TrainingError/damagedCache(path:reason:)`` if the cache has changed.
    public func batch(at cursor: Cursor) throws -> [[Int32]] {
        guard (0..<1 << 32).contains(cursor.epoch), (0..<batchCount).contains(cursor.batch)
        else {
            throw TrainingError.cursorOutOfRange(
                epoch: cursor.epoch, batch: cursor.batch, batchCount: batchCount)
        }
        let number = cursor.batch / windowBatches
        let window = try window(number, epoch: cursor.epoch)
        var stream = RandomStream(seed: seed, "batch order", step: cursor.epoch).stream(number)
        let order = RandomPermutation(count: window.batchCount, using: &stream)
        return try window.batch(order[cursor.batch % windowBatches], of: store).sequences
    }

    /// The place after a batch: the next of the epoch, or the first of the next epoch.
    public func next(after cursor: Cursor) -> Cursor {
        cursor.batch + 1 < batchCount
            ? Cursor(epoch: cursor.epoch, batch: cursor.batch + 1)
            : Cursor(epoch: cursor.epoch + 1, batch: 0)
    }

    private func window(_ number: Int, epoch: Int) throws -> BatchWindow {
        if let cached, cached.epoch == epoch, cached.number == number { return cached.window }
        var stream = RandomStream(seed: seed, "record order", step: epoch)
        let order = RandomPermutation(count: store.recordCount, using: &stream)
        let window = try BatchWindow(
            store, number: number, batchSize: batchSize, windowBatches: windowBatches
        ) { order[$0] }
        cached = (epoch, number, window)
        return window
    }
}
