import Tensors

/// The batches of an epoch: every record once, alike in length within a batch, in random order.
///
/// An epoch's records are permuted (``RandomPermutation``) and taken in windows of `windowBatches` ×
/// `batchSize`. In a window they are sorted by length (equal lengths keep the permuted order) and cut
/// into batches of `batchSize` records, or of `batchTokens` tokens, and the batches are permuted in turn.
/// All of it is a pure function of (seed, epoch); a cursor is two integers, and resuming at it reads one
/// window of the index. Memory is one window, whatever the corpus.
public final class BatchSchedule {
    /// Most sequences in a batch unless tokens are counted; only the last window's longest batch may have fewer.
    public let batchSize: Int
    /// Batches in an epoch: ⌈records / batchSize⌉, the same in every epoch; if tokens are counted, about so many.
    public let batchCount: Int

    private let store: TokenStore
    private let windowBatches: Int
    private let batchTokens: Int
    private let seed: UInt64
    private var cached: (epoch: Int, number: Int, window: BatchWindow)?

    /// Plans batches over the sequences to train on.
    /// - Parameters:
    ///   - batchSize: sequences in a batch, 1 … 2²⁰.
    ///   - batchTokens: tokens in a batch, end marks included; 0 for `batchSize` sequences.
    ///   - windowBatches: batches sorted together, 1 … 2²⁰: more mean less padding, fewer more
    ///     random batches.
    ///   - seed: decides the order together with the epoch.
    public init(
        _ corpus: TokenCorpus, batchSize: Int, batchTokens: Int = 0, windowBatches: Int = 64,
        seed: UInt64
    ) {
        BatchWindow.check(batchSize: batchSize, windowBatches: windowBatches)
        precondition(batchTokens >= 0, "tokens cannot be fewer than none")
        store = corpus.training
        self.batchSize = batchSize
        self.batchTokens = batchTokens
        self.windowBatches = windowBatches
        self.seed = seed
        batchCount =
            batchTokens > 0
            ? BatchWindow.batchCount(store.tokenCount + store.recordCount, batchTokens)
            : BatchWindow.batchCount(store.recordCount, batchSize)
    }

    /// Numbers of batches that a window takes: where tokens are counted every record may be a batch of its own,
    /// and the numbers beyond the last batch of a window stand for none.
    private var windowPlaces: Int {
        batchTokens > 0 ? windowBatches * batchSize : windowBatches
    }

    /// One more than the greatest number of a batch.
    private var placeCount: Int { batchTokens > 0 ? store.recordCount : batchCount }

    /// The sequences of a batch.
    /// - Throws: ``TrainingError/cursorOutOfRange(epoch:batch:batchCount:)``, or
    ///   ``TrainingError/damagedCache(path:reason:)`` if the cache has changed.
    public func batch(at cursor: Cursor) throws -> [[Int32]] {
        let window = try window(at: cursor)
        let number = cursor.batch / windowPlaces
        var stream = RandomStream(seed: seed, "batch order", step: cursor.epoch).stream(number)
        let order = RandomPermutation(count: window.batchCount, using: &stream)
        return try window.batch(order[cursor.batch % windowPlaces], of: store).sequences
    }

    /// The place after a batch: the next of the epoch, or the first of the next epoch.
    /// - Throws: as ``batch(at:)``.
    public func next(after cursor: Cursor) throws -> Cursor {
        let isLastOfWindow =
            cursor.batch % windowPlaces + 1 >= (try window(at: cursor)).batchCount
        let next =
            isLastOfWindow
            ? (cursor.batch / windowPlaces + 1) * windowPlaces : cursor.batch + 1
        return next < placeCount
            ? Cursor(epoch: cursor.epoch, batch: next) : Cursor(epoch: cursor.epoch + 1, batch: 0)
    }

    /// The passes over the data before a place, with fraction; the place is one that ``next(after:)`` gave.
    public func epochs(before cursor: Cursor) -> Double {
        guard batchTokens > 0 else {
            return Double(cursor.epoch) + Double(cursor.batch) / Double(batchCount)
        }
        let (number, place) = (cursor.batch / windowPlaces, cursor.batch % windowPlaces)
        var records = Double(number * windowPlaces)
        if let cached, cached.number == number, cached.epoch == cursor.epoch {
            let size = min(windowPlaces, store.recordCount - number * windowPlaces)
            records += Double(size) * Double(place) / Double(cached.window.batchCount)
        }
        return Double(cursor.epoch) + records / Double(store.recordCount)
    }

    private func window(at cursor: Cursor) throws -> BatchWindow {
        let outOfRange = TrainingError.cursorOutOfRange(
            epoch: cursor.epoch, batch: cursor.batch, batchCount: batchCount)
        guard (0..<1 << 32).contains(cursor.epoch), (0..<placeCount).contains(cursor.batch)
        else { throw outOfRange }
        let window = try window(cursor.batch / windowPlaces, epoch: cursor.epoch)
        guard cursor.batch % windowPlaces < window.batchCount else { throw outOfRange }
        return window
    }

    private func window(_ number: Int, epoch: Int) throws -> BatchWindow {
        if let cached, cached.epoch == epoch, cached.number == number { return cached.window }
        var stream = RandomStream(seed: seed, "record order", step: epoch)
        let order = RandomPermutation(count: store.recordCount, using: &stream)
        let window = try BatchWindow(
            store, number: number, batchSize: batchSize, windowBatches: windowBatches,
            batchTokens: batchTokens
        ) { order[$0] }
        cached = (epoch, number, window)
        return window
    }
}
