/// Cuts bytes into extended grapheme clusters: one per worker.
final class CharacterSplitter {
    private let worker: Segmenter.Worker

    init(rules: BoundaryRules) {
        worker = Segmenter(level: .grapheme, rules: rules).makeWorker()
    }

    /// Calls `body` with one cluster after another; together they are all the bytes.
    @inline(__always)
    func forEachCharacter(in bytes: ByteSlice, _ body: (ByteSlice) -> Void) {
        guard let base = bytes.baseAddress else { return }
        worker.begin(bytes)
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 2048) { ends in
            var start = 0
            while case let found = worker.next(ends: ends), found > 0 {
                for index in 0..<found {
                    let end = ends[index]
                    body(ByteSlice(start: base + start, count: end - start))
                    start = end
                }
            }
        }
    }
}
