extension Tokenizer {
    /// Bytes a thread takes at a time, about.
    private static let chunk = 1 << 20

    /// The token ids of a text, found by several threads: the same for any number of them.
    ///
    /// The text is cut after line feeds, where there is a boundary at every level and which no
    /// normalization reaches across; a text without any is the work of one thread.
    public func encode(_ text: UnsafeBufferPointer<UInt8>, threads: Int) -> [Int32] {
        var tokenIDs: [Int32] = []
        // Token ids in English text come at about a quarter of the bytes.
        tokenIDs.reserveCapacity(text.count / 4)
        var start = 0
        do {
            try OrderedWork.run(
                threads: max(1, threads),
                next: { () -> Range<Int>? in
                    guard start < text.count else { return nil }
                    let part = start..<Self.cut(text, after: start)
                    start = part.upperBound
                    return part
                },
                makeWorker: {
                    let encoder = makeEncoder()
                    return { part in
                        var tokenIDs: [Int32] = []
                        encoder.encode(ByteSlice(rebasing: text[part]), into: &tokenIDs)
                        return tokenIDs
                    }
                },
                emit: { (ids: [Int32]) in tokenIDs += ids })
        } catch {
            // Nothing above throws.
            fatalError("\(error)")
        }
        return tokenIDs
    }

    /// The first place after a line feed that is a chunk or more away.
    private static func cut(_ text: ByteSlice, after start: Int) -> Int {
        var offset = start + chunk
        while offset < text.count, text[offset - 1] != 0x0A { offset += 1 }
        return min(offset, text.count)
    }
}
