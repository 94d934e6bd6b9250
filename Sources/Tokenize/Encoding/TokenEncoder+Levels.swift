import CICU
import CTokenIndex

extension TokenEncoder {
    /// Words; stops behind one that is spelled with care.
    func writeWords(
        _ base: UnsafePointer<UInt8>, _ ids: UnsafeMutablePointer<Int32>, _ capacity: Int,
        _ written: inout Int
    ) {
        while written < capacity {
            if batch.next == batch.count {
                findWords(base)
                if batch.count == 0 { return }
            }
            written += ctoken_write_words(
                table, base, &batch, ids + written, capacity - written)
            if batch.next == batch.count || written == capacity { continue }
            let word = batch.starts[batch.next]..<batch.starts[batch.next + 1]
            let bare = batch.bare[batch.next_unknown]
            batch.next += 1
            batch.next_unknown += 1
            if !spellAtOnce(word, bare, base, ids, capacity, &written) {
                spell(word, bare, base, ids, &written)
                return
            }
        }
    }

    /// Cuts the next words and looks them up.
    ///
    /// A word is a segment between two word boundaries. A U+0020 right before a segment that is
    /// not white space moves from the segment of spaces it ends to that next word.
    private func findWords(_ base: UnsafePointer<UInt8>) {
        batch.count = 0
        batch.next = 0
        guard let words, words.hasMore() else {
            start = text.count
            return
        }
        batch.starts = UnsafePointer(words.starts)
        batch.count = words.found
        words.index = words.found
        start = words.ends[words.found - 1]
        ctoken_find_batch(table, base, text.count, &batch)
    }

    /// Writes an unknown word without its space if that is known, or whose characters can be told apart
    /// without a walk, if there is room.
    private func spellAtOnce(
        _ range: Range<Int>, _ bare: Int32, _ base: UnsafePointer<UInt8>,
        _ ids: UnsafeMutablePointer<Int32>, _ capacity: Int, _ written: inout Int
    ) -> Bool {
        guard range.count <= min(Self.longestSpelled, capacity - written), let characterHandle
        else { return false }
        let word = ByteSlice(start: base + range.lowerBound, count: range.count)
        let isSpaced = word.hasLeadingSpace
        if isSpaced, bare != 0 {
            ids[written] = Vocabulary.firstByte + 0x20
            ids[written + 1] = bare
            written += 2
            return true
        }
        characterStarts[0] = range.lowerBound + (isSpaced ? 1 : 0)
        let count = cicu_plain_ends(
            characterHandle, base, text.count, characterStarts[0], range.upperBound,
            characterStarts + 1, Self.longestSpelled)
        if count == 0 { return false }
        written += ctoken_write_characters(
            table, base, text.count, isSpaced ? 1 : 0, characterStarts, count, ids + written)
        return true
    }

    /// Writes an unknown word: without its space if that is known, else character by character, the
    /// first together with the space if that is known.
    private func spell(
        _ range: Range<Int>, _ bare: Int32, _ base: UnsafePointer<UInt8>,
        _ ids: UnsafeMutablePointer<Int32>, _ written: inout Int
    ) {
        let word = ByteSlice(start: base + range.lowerBound, count: range.count)
        let isSpaced = word.hasLeadingSpace
        let first = range.lowerBound + (isSpaced ? 1 : 0)
        if isSpaced, bare != 0 {
            ids[written] = Vocabulary.firstByte + 0x20
            written += 1
            pending = bare
            return
        }
        guard word.isASCII else {
            self.isSpaced = isSpaced
            spell(from: first, to: range.upperBound)
            return
        }
        // In an unknown word of ASCII every character is a byte (CR LF is a word by itself).
        bytes = first..<range.upperBound
        if isSpaced {
            pending = table.pointee.spaced[Int(base[first])]
            if pending == 0 {
                pending = Vocabulary.firstByte + 0x20
            } else {
                bytes = first + 1..<range.upperBound
            }
        }
    }

    /// Characters; stops behind the first whose bytes find no room, or which has to do with a space.
    @inline(__always)
    func writeCharacters(
        _ base: UnsafePointer<UInt8>, _ ids: UnsafeMutablePointer<Int32>, _ capacity: Int,
        _ written: inout Int
    ) {
        guard let characters else { return }
        let (count, ends, offset) = (text.count, characters.ends, characters.offset)
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
                var tokenID = ctoken_find(
                    table, base + from, end &- from, count &- from)
                if tokenID == 0, from < start {
                    // The space by itself, and then the character, for which there may be no room.
                    ids[written] = Vocabulary.firstByte + 0x20
                    written += 1
                    tokenID = ctoken_find(
                        table, base + start, end - start, count - start)
                    if tokenID == 0 { bytes = start..<end } else { pending = tokenID }
                    start = end
                    return
                }
                if tokenID == 0 {
                    guard end &- start <= capacity &- written else {
                        bytes = start..<end
                        start = end
                        return
                    }
                    while start < end {
                        ids[written] = Vocabulary.firstByte &+ Int32(base[start])
                        written &+= 1
                        start &+= 1
                    }
                    continue
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
        let count = text.count
        while written < capacity {
            while start < count, FieldSplitter.isSeparator(base[start]) { start += 1 }
            if start == count { return }
            let field = start
            while start < count, !FieldSplitter.isSeparator(base[start]) { start += 1 }
            let tokenID = ctoken_find(
                table, base + field, start - field, count - field)
            ids[written] = tokenID == 0 ? 2 : tokenID
            written += 1
        }
    }
}
