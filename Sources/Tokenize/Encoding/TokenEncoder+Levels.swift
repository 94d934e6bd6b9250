import CTokenIndex

extension TokenEncoder {
    /// Words that are known; stops behind the first that has to be spelled.
    func writeWords(
        _ base: UnsafePointer<UInt8>, _ ids: UnsafeMutablePointer<Int32>, _ capacity: Int,
        _ written: inout Int
    ) {
        while written < capacity {
            if nextWord == wordCount {
                findWords(base)
                if wordCount == 0 { return }
            }
            let (found, first) = (wordIDs, nextWord)
            let room = min(wordCount - first, capacity - written)
            var known = 0
            while known < room, found[first &+ known] > 0 {
                ids[written &+ known] = found[first &+ known]
                known &+= 1
            }
            written += known
            nextWord += known
            if known == room { continue }
            let word = wordStarts[nextWord]..<wordStarts[nextWord + 1]
            nextWord += 1
            spell(word, base, ids, &written)
            return
        }
    }

    /// Cuts the next words and looks them up.
    ///
    /// A word is a segment between two word boundaries. A U+0020 right before a segment that is
    /// not white space moves from the segment of spaces it ends to that next word.
    private func findWords(_ base: UnsafePointer<UInt8>) {
        (nextWord, wordCount) = (0, 0)
        guard let words, words.hasMore(), let ends = words.ends.baseAddress else {
            start = text.count
            return
        }
        wordCount = ctoken_find_words(
            &table, base, text.count, ends, words.found, &words.index, start, wordStarts, wordIDs,
            Self.wordCapacity)
        start = wordStarts[wordCount]
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
            pending = ctoken_find(
                &table, base + first, range.upperBound - first, text.count - first)
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
            pending = ctoken_find(
                &table, base + first - 1, 2, text.count - first + 1)
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
                    &table, base + from, end &- from, count &- from)
                if tokenID == 0, from < start {
                    // The space by itself, and then the character, for which there may be no room.
                    ids[written] = Vocabulary.firstByte + 0x20
                    written += 1
                    tokenID = ctoken_find(
                        &table, base + start, end - start, count - start)
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
        let count = text.count
        while written < capacity {
            while start < count, FieldSplitter.isSeparator(base[start]) { start += 1 }
            if start == count { return }
            let field = start
            while start < count, !FieldSplitter.isSeparator(base[start]) { start += 1 }
            let tokenID = ctoken_find(
                &table, base + field, start - field, count - field)
            ids[written] = tokenID == 0 ? 2 : tokenID
            written += 1
        }
    }
}
