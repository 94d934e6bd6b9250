/// Cuts bytes into words, each with the one space before it: one per worker.
final class WordSplitter {
    private let worker: Segmenter.Worker

    init(rules: BoundaryRules) {
        worker = Segmenter(level: .word, rules: rules).makeWorker(attachesSpaces: true)
    }

    /// Calls `body` with one piece after another; together they are all the bytes.
    ///
    /// A piece is a segment between two word boundaries. A U+0020 right before a segment that is
    /// not white space moves from the segment of spaces it ends to that next piece: "a  b" gives
    /// "a", " ", " b".
    @inline(__always)
    func forEachWord(in bytes: ByteSlice, _ body: (ByteSlice) -> Void) {
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
