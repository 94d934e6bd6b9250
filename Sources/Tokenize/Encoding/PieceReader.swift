/// The ends of segments, fetched a few thousand at a time.
final class PieceReader {
    private let worker: Segmenter.Worker
    let ends: UnsafeMutableBufferPointer<Int>
    /// The ends not read yet are `ends[index..<found]`.
    var index = 0
    private(set) var found = 0
    /// Where the segmented part of the text begins: ends are relative to it.
    private(set) var offset = 0

    init(_ level: SegmentLevel, rules: BoundaryRules) {
        worker = Segmenter(level: level, rules: rules).makeWorker()
        ends = .allocate(capacity: 2048)
    }

    deinit { ends.deallocate() }

    /// Starts on a part of a text.
    func begin(_ text: ByteSlice, from start: Int, to end: Int) {
        worker.begin(ByteSlice(rebasing: text[start..<end]))
        offset = start
        (index, found) = (0, 0)
    }

    /// Fetches more ends when all were read; false if there are none.
    @inline(__always)
    func hasMore() -> Bool {
        if index < found { return true }
        index = 0
        found = worker.next(ends: ends)
        return found > 0
    }
}
