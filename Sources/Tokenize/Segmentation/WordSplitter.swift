/// Cuts bytes into words, each with the one space before it: one per worker.
final class WordSplitter {
    private let reader: PieceReader

    init(rules: BoundaryRules) {
        reader = PieceReader(.word, rules: rules, attachesSpaces: true)
    }

    /// Calls `body` with many pieces at a time, where they start and their number: piece i is bytes
    /// `starts[i]..<starts[i + 1]`.
    @inline(__always)
    func forEachBatch(in bytes: ByteSlice, _ body: (UnsafePointer<Int>, Int) -> Void) {
        reader.forEachBatch(in: bytes, body)
    }

    /// Calls `body` with one piece after another; together they are all the bytes.
    ///
    /// A piece is a segment between two word boundaries. A U+0020 right before a segment that is
    /// not white space moves from the segment of spaces it ends to that next piece: "a  b" gives
    /// "a", " ", " b".
    @inline(__always)
    func forEachWord(in bytes: ByteSlice, _ body: (ByteSlice) -> Void) {
        guard let base = bytes.baseAddress else { return }
        forEachBatch(in: bytes) { starts, count in
            for index in 0..<count {
                let start = starts[index]
                body(ByteSlice(start: base + start, count: starts[index + 1] - start))
            }
        }
    }
}
