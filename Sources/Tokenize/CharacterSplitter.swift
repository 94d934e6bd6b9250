/// Cuts bytes into extended grapheme clusters.
///
/// Owns an ICU iterator: one per worker.
final class CharacterSplitter {
    private let segmenter: Segmenter

    init(rules: BoundaryRules) { segmenter = rules.makeSegmenter() }

    /// Calls `body` with one cluster after another; together they are all the bytes.
    ///
    /// Between two ASCII bytes other than CR LF there is always a boundary (GB4, GB5, GB999), so
    /// only stretches around other bytes go to ICU. A stretch longer than a block is cut at one of
    /// its boundaries and taken up again there, which finds the same clusters; only a single
    /// cluster longer than a block falls apart.
    @inline(__always)
    func forEachCharacter(in bytes: ByteSlice, _ body: (ByteSlice) -> Void) {
        guard let base = bytes.baseAddress else { return }
        let count = bytes.count
        var start = 0
        while start < count {
            let next = start + 1
            if base[start] < 0x80, next == count || base[next] < 0x80 {
                let isLineEnd = base[start] == 0x0D && next < count && base[next] == 0x0A
                let length = isLineEnd ? 2 : 1
                body(ByteSlice(start: base + start, count: length))
                start += length
                continue
            }
            let end = stretchEnd(bytes, from: start)
            let cut = end ?? bytes.scalarBoundary(before: start + Segmenter.blockSize, after: start)
            let ends = segmenter.segment(base + start, count: cut - start)
            let kept = end == nil ? Segmenter.finished(of: ends.count) : ends.count
            var segmentStart = 0
            for segmentEnd in ends.prefix(kept) {
                let length = Int(segmentEnd) - segmentStart
                body(ByteSlice(start: base + start + segmentStart, count: length))
                segmentStart = Int(segmentEnd)
            }
            start += segmentStart
        }
    }

    /// The first sure boundary after `start`, or nil when there is none within a block.
    private func stretchEnd(_ bytes: ByteSlice, from start: Int) -> Int? {
        let limit = min(bytes.count, start + Segmenter.blockSize)
        var offset = start + 1
        while offset < limit {
            let (before, after) = (bytes[offset - 1], bytes[offset])
            if before < 0x80, after < 0x80, before != 0x0D || after != 0x0A { return offset }
            offset += 1
        }
        return limit == bytes.count ? limit : nil
    }
}

extension Segmenter {
    /// How many segments of an unfinished buffer to believe: the last is cut off, and a dictionary
    /// may have erred on some before it.
    static func finished(of count: Int) -> Int {
        count > 1 ? count - min(16, count / 2) : count
    }
}
