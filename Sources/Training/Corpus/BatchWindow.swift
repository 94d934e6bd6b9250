/// Records that are sorted by length together and cut into batches.
struct BatchWindow {
    private let spans: [TokenStore.Span]
    /// The spans of each batch.
    private let batches: [Range<Int>]

    /// Looks up the records at the positions of window `number` in an order.
    ///
    /// A batch has `batchSize` records or, if `batchTokens` is not 0, as many as have so many tokens, end marks
    /// included, but at least one.
    init(
        _ store: TokenStore, number: Int, batchSize: Int, windowBatches: Int,
        batchTokens: Int = 0, order: (_ position: Int) -> Int
    ) throws {
        let size = batchSize * windowBatches
        let positions = number * size..<min((number + 1) * size, store.recordCount)
        let unsorted = try positions.map { try store.span(of: order($0)) }
        let sorted = unsorted.sorted { $0.length < $1.length }  // stable: ties by position
        spans = sorted
        guard batchTokens > 0 else {
            batches = stride(from: 0, to: sorted.count, by: batchSize).map {
                $0..<min($0 + batchSize, sorted.count)
            }
            return
        }
        var (batches, start, tokens) = ([Range<Int>](), 0, 0)
        for (index, span) in sorted.enumerated() {
            if index > start && tokens + span.length + 1 > batchTokens {
                batches.append(start..<index)
                (start, tokens) = (index, 0)
            }
            tokens += span.length + 1
        }
        if start < sorted.count { batches.append(start..<sorted.count) }
        self.batches = batches
    }

    /// Number of batches.
    var batchCount: Int { batches.count }

    /// Reads a batch, the first having the shortest sequences.
    func batch(_ number: Int, of store: TokenStore) throws -> RecordBatch {
        let members = spans[batches[number]]
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
