extension TokenEncoder {
    /// Words that are known; stops behind the first that has to be spelled.
    func writeWords(
        _ base: UnsafePointer<UInt8>, _ ids: UnsafeMutablePointer<Int32>, _ capacity: Int,
        _ written: inout Int
    ) {
        while written < capacity {
            if queryIndex == queryCount {
                gatherWords(base)
                if queryCount == 0 { return }
            }
            var next = queryIndex
            let stop = min(queryCount, next + capacity - written)
            var unknown: Range<Int>?
            while next < stop, unknown == nil {
                let query = queries[next]
                next &+= 1
                var tokenID = query.tokenID
                if tokenID == 0 {
                    let (start, end) = (query.start, query.end)
                    tokenID = index.tokenID(
                        of: base + start, end - start, readable: text.count - start)
                    if tokenID == 0 {
                        unknown = start..<end
                        continue
                    }
                }
                ids[written] = tokenID
                written &+= 1
            }
            queryIndex = next
            if let unknown {
                spell(unknown, base, ids, &written)
                return
            }
        }
    }

    /// A bit for each of TAB, LF, VT, FF, CR and space; shifted by more than 63 there is none.
    private static let whiteSpace: UInt64 = 1 << 0x20 | 0x1F << 0x09

    /// Cuts the next words and looks them up.
    ///
    /// A piece is a segment between two word boundaries. A U+0020 right before a segment that is
    /// not white space moves from the segment of spaces it ends to that next piece.
    private func gatherWords(_ base: UnsafePointer<UInt8>) {
        (queryIndex, queryCount) = (0, 0)
        guard let words, words.hasMore() else {
            start = text.count
            return
        }
        let (text, count, ends, found) = (text, text.count, words.ends, words.found)
        var (start, next, gathered) = (start, words.index, 0)
        while next < found, gathered < queries.count {
            var end = ends[next]
            next &+= 1
            // Only a segment of spaces can end in a space. Without a branch for ASCII: spaces come
            // too irregularly to be foreseen.
            let isSpace = base[end &- 1] == 0x20 ? 1 : 0
            let after = end < count ? base[end] : 0x20
            if after < 0x80 {
                end &-= isSpace & ((Self.whiteSpace >> UInt64(after)) & 1 == 0 ? 1 : 0)
            } else if isSpace == 1, !text.startsWithWhiteSpace(at: end) {
                end &-= 1
            }
            // One space alone is no piece; the next one takes its place.
            queries[gathered] = TokenIndex.Query(start: start, end: end)
            gathered &+= end > start ? 1 : 0
            start = end
        }
        words.index = next
        self.start = start
        queryCount = gathered
        index.find(
            UnsafeMutableBufferPointer(rebasing: queries[..<gathered]), in: base, count: count)
    }

    /// Writes an unknown word: without its space if that is known, else character by character, the
    /// first together with the space if that is known.
    private func spell(
        _ range: Range<Int>, _ base: UnsafePointer<UInt8>, _ ids: UnsafeMutablePointer<Int32>,
        _ written: inout Int
    ) {
        let word = ByteSlice(start: base + range.lowerBound, count: range.count)
        let isSpaced = word.hasLeadingSpace
        let first = range.lowerBound + (isSpaced ? 1 : 0)
        if isSpaced {
            pending = index.tokenID(
                of: base + first, range.upperBound - first, readable: text.count - first)
            if pending != 0 {
                ids[written] = Vocabulary.firstByte + 0x20
                written += 1
                return
            }
        }
        guard word.isASCII else {
            self.isSpaced = isSpaced
            spell(from: first, to: range.upperBound)
            return
        }
        // In an unknown word of ASCII every character is a byte (CR LF is a word by itself).
        bytes = first..<range.upperBound
        if isSpaced {
            pending = index.tokenID(of: base + first - 1, 2, readable: text.count - first + 1)
            if pending == 0 {
                pending = Vocabulary.firstByte + 0x20
            } else {
                bytes = first + 1..<range.upperBound
            }
        }
    }

    /// Characters that are known; stops behind the first whose bytes have to be written.
    @inline(__always)
    func writeCharacters(
        _ base: UnsafePointer<UInt8>, _ ids: UnsafeMutablePointer<Int32>, _ capacity: Int,
        _ written: inout Int
    ) {
        guard let characters else { return }
        let (tokens, count, ends, offset) = (index, text.count, characters.ends, characters.offset)
        var start = spelled
        defer { spelled = start }
        while written < capacity, characters.hasMore() {
            var next = characters.index
            let found = characters.found
            defer { characters.index = next }
            while written < capacity, next < found {
                let end = ends[next] &+ offset
                next &+= 1
                if end &- start == 1, !isSpaced {
                    ids[written] = Vocabulary.firstByte &+ Int32(base[start])
                    written &+= 1
                    start = end
                    continue
                }
                var from = start
                if isSpaced {
                    isSpaced = false
                    from = start - 1
                }
                var tokenID = tokens.tokenID(
                    of: base + from, end &- from, readable: count &- from)
                if tokenID == 0, from < start {
                    // The space by itself, and then the character, for which there may be no room.
                    ids[written] = Vocabulary.firstByte + 0x20
                    written += 1
                    tokenID = tokens.tokenID(
                        of: base + start, end - start, readable: count - start)
                    if tokenID == 0 { bytes = start..<end } else { pending = tokenID }
                    start = end
                    return
                }
                if tokenID == 0 {
                    bytes = start..<end
                    start = end
                    return
                }
                ids[written] = tokenID
                written &+= 1
                start = end
            }
        }
    }

    /// Fields between white space, `<unk>` where they are unknown.
    func writeFields(
        _ base: UnsafePointer<UInt8>, _ ids: UnsafeMutablePointer<Int32>, _ capacity: Int,
        _ written: inout Int
    ) {
        let (tokens, count) = (index, text.count)
        while written < capacity {
            while start < count, FieldSplitter.isSeparator(base[start]) { start += 1 }
            if start == count { return }
            let field = start
            while start < count, !FieldSplitter.isSeparator(base[start]) { start += 1 }
            let tokenID = tokens.tokenID(
                of: base + field, start - field, readable: count - field)
            ids[written] = tokenID == 0 ? 2 : tokenID
            written += 1
        }
    }
}
