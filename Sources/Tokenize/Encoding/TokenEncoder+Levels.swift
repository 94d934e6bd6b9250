extension TokenEncoder {
    /// Words that are known; stops behind the first that has to be spelled.
    ///
    /// A piece is a segment between two word boundaries. A U+0020 right before a segment that is
    /// not white space moves from the segment of spaces it ends to that next piece.
    @inline(__always)
    func writeWords(
        _ base: UnsafePointer<UInt8>, _ ids: UnsafeMutablePointer<Int32>, _ capacity: Int,
        _ written: inout Int
    ) {
        guard let words else { return }
        let (tokens, text, count, ends) = (index, text, text.count, words.ends)
        var start = start
        defer { self.start = start }
        while written < capacity, words.hasMore() {
            var next = words.index
            let found = words.found
            defer { words.index = next }
            while written < capacity, next < found {
                var end = ends[next]
                next &+= 1
                // Only a segment of spaces can end in a space.
                if base[end &- 1] == 0x20, end < count, !text.startsWithWhiteSpace(at: end) {
                    end &-= 1
                    if end == start { continue }
                }
                let tokenID = tokens.tokenID(
                    of: base + start, end &- start, readable: count &- start)
                let word = start..<end
                start = end
                if tokenID == 0 {
                    spell(word, base, ids, &written)
                    return
                }
                ids[written] = tokenID
                written &+= 1
            }
        }
    }

    /// Writes an unknown word: without its space if that is known, else character by character, the
    /// first together with the space if that is known.
    private func spell(
        _ range: Range<Int>, _ base: UnsafePointer<UInt8>, _ ids: UnsafeMutablePointer<Int32>,
        _ written: inout Int
    ) {
        let word = ByteSlice(start: base + range.lowerBound, count: range.count)
        guard word.hasLeadingSpace else {
            spell(from: range.lowerBound, to: range.upperBound)
            return
        }
        let rest = range.lowerBound + 1
        pending = index.tokenID(
            of: base + rest, range.upperBound - rest, readable: text.count - rest)
        if pending == 0 {
            isSpaced = true
            spell(from: rest, to: range.upperBound)
        } else {
            ids[written] = Vocabulary.firstByte + 0x20
            written += 1
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
