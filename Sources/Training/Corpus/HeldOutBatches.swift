import Tensors

extension TokenCorpus {
    /// The held-out sequences in batches, in an order that is always the same.
    ///
    /// - Parameters:
    ///   - batchSize: sequences in a batch, 1 … 2²⁰.
    ///   - windowBatches: batches sorted together, 1 … 2²⁰.
    public func heldOutBatches(batchSize: Int, windowBatches: Int = 64) -> HeldOutBatches {
        HeldOutBatches(heldOut, batchSize: batchSize, windowBatches: windowBatches)
    }
}

/// Held-out sequences, alike in length within a batch, each batch telling which records it holds.
///
/// Windows of records are sorted and cut as by ``BatchSchedule``, and the batches of a window come
/// in an order as good as random but fixed: so the first few batches are no worse a sample than any,
/// where a sorted order would begin with the shortest. Nothing is read before a batch is asked for
/// its sequences, and memory is one window of the index and one batch.
public struct HeldOutBatches: Sequence {
    private let store: TokenStore
    private let batchSize: Int
    private let windowBatches: Int

    init(_ store: TokenStore, batchSize: Int, windowBatches: Int) {
        BatchWindow.check(batchSize: batchSize, windowBatches: windowBatches)
        self.store = store
        self.batchSize = batchSize
        self.windowBatches = windowBatches
    }

    /// How many batches there are.
    public var count: Int { BatchWindow.batchCount(store.recordCount, batchSize) }

    /// How many batches there are.
    public var underestimatedCount: Int { count }

    /// Starts with the first batch.
    public func makeIterator() -> AnyIterator<HeldOutBatch> {
        var next = 0
        var window = WindowReader(store, 0, batchSize, windowBatches)
        return AnyIterator {
            guard next < count else { return nil }
            defer { next += 1 }
            if next / windowBatches != window.number {
                window = WindowReader(store, next / windowBatches, batchSize, windowBatches)
            }
            return HeldOutBatch(window: window, place: next % windowBatches)
        }
    }
}

/// Some held-out sequences, still on disk.
public struct HeldOutBatch {
    fileprivate let window: WindowReader
    fileprivate let place: Int

    /// Reads the sequences and which records they are, 0 being the first held out.
    /// - Throws: ``TrainingError/damagedCache(path:reason:)`` if the cache has changed.
    public func read() throws -> RecordBatch { try window.batch(at: place) }

    /// Reads the sequences.
    /// - Throws: ``TrainingError/damagedCache(path:reason:)`` if the cache has changed.
    public func sequences() throws -> [[Int32]] { try read().sequences }
}

/// A window whose batches share its part of the index, looked up when first needed.
private final class WindowReader {
    let number: Int
    private let load: () throws -> BatchWindow
    private let store: TokenStore
    private var loaded: BatchWindow?

    init(_ store: TokenStore, _ number: Int, _ batchSize: Int, _ windowBatches: Int) {
        self.number = number
        self.store = store
        load = {
            try BatchWindow(
                store, number: number, batchSize: batchSize, windowBatches: windowBatches
            ) { $0 }
        }
    }

    func batch(at place: Int) throws -> RecordBatch {
        let window = try loaded ?? load()
        loaded = window
        var stream = RandomStream(seed: 0, "held-out order").stream(number)
        let order = RandomPermutation(count: window.batchCount, using: &stream)
        return try window.batch(order[place], of: store)
    }
}
