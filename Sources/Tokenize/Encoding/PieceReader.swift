/// The ends of segments, fetched a few thousand at a time.
final class PieceReader {
    static let capacity = 2048
    private let worker: Segmenter.Worker
    /// With the end of the segments before them in front: segment i of those found is
    /// `starts[i]..<starts[i + 1]`.
    let starts: UnsafeMutablePointer<Int>
    let ends: UnsafeMutableBufferPointer<Int>
    /// The ends not read yet are `ends[index..<found]`.
    var index = 0
    private(set) var found = 0
    /// Where the segmented part of the text begins: ends are relative to it.
    private(set) var offset = 0

    /// - Parameter attachesSpaces: whether a word carries the one space before it.
    init(_ level: SegmentLevel, rules: BoundaryRules, attachesSpaces: Bool = false) {
        worker = Segmenter(level: level, rules: rules).makeWorker(attachesSpaces: attachesSpaces)
        starts = .allocate(capacity: Self.capacity + 1)
        starts.initialize(repeating: 0, count: Self.capacity + 1)
        ends = UnsafeMutableBufferPointer(start: starts + 1, count: Self.capacity)
    }

    deinit { starts.deallocate() }

    /// Starts on a part of a text.
    func begin(_ text: ByteSlice, from start: Int, to end: Int) {
        worker.begin(ByteSlice(rebasing: text[start..<end]))
        offset = start
        (index, found) = (0, 0)
        starts[0] = 0
    }

    /// Fetches more ends when all were read; false if there are none.
    @inline(__always)
    func hasMore() -> Bool {
        if index < found { return true }
        index = 0
        starts[0] = worker.position
        found = worker.next(ends: ends)
        return found > 0
    }

    /// Calls `body` with many segments of a text at a time, `starts` and their number.
    @inline(__always)
    func forEachBatch(in text: ByteSlice, _ body: (UnsafePointer<Int>, Int) -> Void) {
        begin(text, from: 0, to: text.count)
        while hasMore() {
            body(starts, found)
            index = found
        }
    }
}
