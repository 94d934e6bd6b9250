import CICU

/// Cuts bytes into extended grapheme clusters: one per worker.
final class CharacterSplitter {
    private let worker: Segmenter.Worker
    private let rules: BoundaryRules

    init(rules: BoundaryRules) {
        self.rules = rules
        worker = Segmenter(level: .grapheme, rules: rules).makeWorker()
    }

    /// Calls `body` with one cluster after another; together they are all the bytes.
    @inline(__always)
    func forEachCharacter(in bytes: ByteSlice, _ body: (ByteSlice) -> Void) {
        guard let base = bytes.baseAddress else { return }
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 2048) { ends in
            var start = 0
            // Most words are too short for a walk and need none.
            if let buffer = ends.baseAddress, bytes.count <= ends.count,
                case let found = cicu_plain_ends(
                    rules.handle, base, bytes.count, 0, bytes.count, buffer, ends.count), found > 0
            {
                for index in 0..<found {
                    body(ByteSlice(start: base + start, count: ends[index] - start))
                    start = ends[index]
                }
                return
            }
            worker.begin(bytes)
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
