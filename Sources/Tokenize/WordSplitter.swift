/// Cuts bytes into words, each with the one space before it.
///
/// Owns an ICU iterator: one per worker.
final class WordSplitter {
    private let segmenter: Segmenter

    init(rules: BoundaryRules) { segmenter = rules.makeSegmenter() }

    /// Calls `body` with one piece after another; together they are all the bytes.
    ///
    /// A piece is a segment between two word boundaries. A U+0020 right before a segment that is
    /// not white space moves from the segment of spaces it ends to that next piece: "a  b" gives
    /// "a", " ", " b".
    @inline(__always)
    func forEachWord(in bytes: ByteSlice, _ body: (ByteSlice) -> Void) {
        guard let base = bytes.baseAddress else { return }
        let count = bytes.count
        var start = 0
        while start < count {
            let (windowEnd, isExact) = window(bytes, from: start)
            let ends = segmenter.segment(base + start, count: windowEnd - start)
            let kept = isExact ? ends.count : Segmenter.finished(of: ends.count)
            var pieceStart = start
            for segmentEnd in ends.prefix(kept) {
                let end = start + Int(segmentEnd)
                var pieceEnd = end
                // Only a segment of spaces can end in a space.
                if base[end - 1] == 0x20, end < count, !bytes.startsWithWhiteSpace(at: end) {
                    pieceEnd -= 1
                }
                if pieceEnd > pieceStart {
                    body(ByteSlice(start: base + pieceStart, count: pieceEnd - pieceStart))
                    pieceStart = pieceEnd
                }
            }
            if pieceStart == start {
                // A space and then a single segment that fills the window.
                body(ByteSlice(start: base + start, count: windowEnd - start))
                pieceStart = windowEnd
            }
            start = pieceStart
        }
    }

    /// The next stretch to segment, and whether it ends at a boundary for certain.
    ///
    /// Sure boundaries are the one after a line feed, and the one before a space between ASCII
    /// letters or digits. Without any in a whole block, the caller drops the last segments and goes
    /// on from the boundary before them; that is exact too but for dictionary runs.
    private func window(_ bytes: ByteSlice, from start: Int) -> (end: Int, isExact: Bool) {
        if bytes.count - start <= Segmenter.blockSize { return (bytes.count, true) }
        let limit = start + Segmenter.blockSize
        var offset = limit - 1
        while offset > start {
            let byte = bytes[offset]
            if byte == 0x0A { return (offset + 1, true) }
            if byte == 0x20, bytes[offset - 1].isASCIIAlphanumeric,
                bytes[offset + 1].isASCIIAlphanumeric
            {
                return (offset, true)
            }
            offset -= 1
        }
        return (bytes.scalarBoundary(before: limit, after: start), false)
    }
}

extension UInt8 {
    fileprivate var isASCIIAlphanumeric: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}
