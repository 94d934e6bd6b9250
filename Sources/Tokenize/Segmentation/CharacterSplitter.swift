import CICU

/// Cuts bytes into extended grapheme clusters: one per worker.
final class CharacterSplitter {
    private let reader: PieceReader
    private let rules: BoundaryRules

    init(rules: BoundaryRules) {
        self.rules = rules
        reader = PieceReader(.grapheme, rules: rules)
    }

    /// Calls `body` with many clusters at a time, where they start and their number: cluster i is
    /// bytes `starts[i]..<starts[i + 1]`.
    @inline(__always)
    func forEachBatch(in bytes: ByteSlice, _ body: (UnsafePointer<Int>, Int) -> Void) {
        reader.forEachBatch(in: bytes, body)
    }

    /// Calls `body` with one cluster after another; together they are all the bytes.
    @inline(__always)
    func forEachCharacter(in bytes: ByteSlice, _ body: (ByteSlice) -> Void) {
        guard let base = bytes.baseAddress else { return }
        // Most words are too short for a walk and need none.
        let isDone = withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { ends in
            var start = 0
            if let buffer = ends.baseAddress, bytes.count <= ends.count,
                case let found = cicu_plain_ends(
                    rules.handle, base, bytes.count, 0, bytes.count, buffer, ends.count), found > 0
            {
                for index in 0..<found {
                    body(ByteSlice(start: base + start, count: ends[index] - start))
                    start = ends[index]
                }
                return true
            }
            return false
        }
        if isDone { return }
        forEachBatch(in: bytes) { starts, count in
            for index in 0..<count {
                let start = starts[index]
                body(ByteSlice(start: base + start, count: starts[index + 1] - start))
            }
        }
    }
}
