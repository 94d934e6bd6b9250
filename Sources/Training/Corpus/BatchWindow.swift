/// Records that are sorted by length together and cut into batches.
struct BatchWindow {
    private let spans: [TokenStore.Span]
    private let batchSize: Int

    /// Looks up the records at the positions of window `number` in an order.
    init(
        _ store: TokenStore, number: Int, batchSize: Int, windowBatches: Int,
        order: (_ position: Int) -> Int
    ) throws {
        self.batchSize = batchSize
        let size = batchSize * windowBatches
        let positions = number * size..<min((number + 1) * size, store.recordCount)
        let unsorted = try positions.map { try store.span(of: order($0)) }
        spans = unsorted.sorted { $0.length < $1.length }  // stable: ties by position
    }

    /// Number of batches.
    var batchCount: Int { Self.batchCount(spans.count, batchSize) }

    /// Reads a batch, the first having the shortest sequences.
    func batch(_ number: Int, of store: TokenStore) throws -> RecordBatch {
        let members = spans[number * batchSize..<min((number + 1) * batchSize, spans.count)]
        return RecordBatch(
            records: members.map(\.record), sequences: try members.map { try store.sequence($0) })
    }

    static func batchCount(_ recordCount: Int, _ batchSize: Int) -> Int {
        recordCount / batchSize + (recordCount % batchSize == 0 ? 0 : 1)
    }

    /// Bounds what a window may be; that the user's values lie within is for configurations to check.
    static func check(batchSize: Int, windowBatches: Int) {
        precondition((1...1 << 20).contains(batchSize), "a batch has 1 … 2^20 sequences")
        precondition((1...1 << 20).contains(windowBatches), "a window has 1 … 2^20 batches")
    }
}
