extension Tokenizer {
    /// `vocab.txt`: the tokens of all ids in order, one a line, escaped as in `TokenEscape`.
    ///
    /// Special tokens are `<bos>`, `<eos>` and `<unk>`, byte tokens `<0x00>` to `<0xFF>`.
    public func vocabularyLines() -> [UInt8] {
        var lines: [UInt8] = []
        for head in Self.head(of: spec.level) {
            lines += head
            lines.append(0x0A)
        }
        forEachEntry { bytes, _ in
            TokenEscape.append(bytes, to: &lines)
            lines.append(0x0A)
        }
        return lines
    }

    /// A table: the entries in the order of their ids, each with a TAB and its count.
    ///
    /// Special and byte tokens follow from the level and are left out. Entries are escaped as in
    /// `TokenEscape`.
    public func vocabularyTable() -> [UInt8] {
        var lines: [UInt8] = []
        forEachEntry { bytes, count in
            TokenEscape.append(bytes, to: &lines)
            lines.append(0x09)
            lines += "\(count)".utf8
            lines.append(0x0A)
        }
        return lines
    }

    /// Reads `vocab.txt`: as `vocabularyLines` writes it, or entries alone.
    ///
    /// Of entries alone the special and byte tokens are left out wherever they stand, and the others
    /// get ids in their order.
    /// - Parameter path: for messages.
    /// - Throws: `TokenizeError.malformedRecord` naming the line.
    public convenience init(
        vocabularyLines lines: [UInt8], spec: TokenizerSpec, path: String
    ) throws {
        var rows = lines.split(separator: 0x0A, omittingEmptySubsequences: false)[...]
        if rows.last?.isEmpty == true { rows.removeLast() }
        let head = Self.head(of: spec.level)
        let isWhole =
            rows.count >= head.count && zip(rows, head).allSatisfy { $0.elementsEqual($1) }
        var vocabulary = Vocabulary(level: spec.level, minimumCapacity: rows.count)
        for (number, row) in rows.enumerated().dropFirst(isWhole ? head.count : 0) {
            let token = TokenEscape.unescaped(row)
            if !isWhole, token.count == 1 && spec.level.isLossless || head.contains(token) {
                continue
            }
            try vocabulary.add(token, count: 0, path: path, line: number + 1)
        }
        try self.init(spec: spec, vocabulary: vocabulary, provenance: nil)
    }

    /// Reads a table as `vocabularyTable` writes it.
    /// - Parameter path: for messages.
    /// - Throws: `TokenizeError.malformedRecord` naming the line.
    public convenience init(
        vocabularyTable lines: [UInt8], spec: TokenizerSpec, path: String
    ) throws {
        var rows = lines.split(separator: 0x0A, omittingEmptySubsequences: false)[...]
        if rows.last?.isEmpty == true { rows.removeLast() }
        var vocabulary = Vocabulary(level: spec.level, minimumCapacity: rows.count)
        for (number, row) in rows.enumerated() {
            let columns = row.split(separator: 0x09, omittingEmptySubsequences: false)
            guard columns.count == 2,
                let count = UInt64(String(decoding: columns[1], as: UTF8.self)),
                columns[1].allSatisfy({ (0x30...0x39).contains($0) })
            else {
                throw TokenizeError.malformedRecord(
                    path: path, record: number + 1, byte: 0,
                    reason: "want a token, a TAB and a count, and nothing else")
            }
            try vocabulary.add(
                TokenEscape.unescaped(columns[0]), count: count, path: path, line: number + 1)
        }
        try self.init(spec: spec, vocabulary: vocabulary, provenance: nil)
    }

    /// Calls `body` with the vocabulary's own entries, in the order of their ids, and their counts.
    public func forEachEntry(_ body: (UnsafeBufferPointer<UInt8>, UInt64) throws -> Void) rethrows {
        for index in 0..<vocabulary.table.count {
            try vocabulary.table.withBytes(of: index) {
                try body($0, vocabulary.counts[index])
            }
        }
    }

    /// What is written for the ids before the entries.
    private static func head(of level: TokenLevel) -> [[UInt8]] {
        let specials = ["<bos>", "<eos>"].map { Array($0.utf8) }
        guard level.isLossless else { return specials + [Vocabulary.unknownBytes] }
        return specials
            + (UInt8.min...UInt8.max).map { byte in
                let digits = String(byte, radix: 16, uppercase: true)
                return Array("<0x\(digits.utf8.count == 1 ? "0" : "")\(digits)>".utf8)
            }
    }
}

extension Vocabulary {
    /// Adds the entry of a line.
    fileprivate mutating func add(
        _ token: [UInt8], count: UInt64, path: String, line: Int
    ) throws {
        if let reason = token.withUnsafeBufferPointer({ add($0, count: count) }) {
            throw TokenizeError.malformedRecord(path: path, record: line, byte: 0, reason: reason)
        }
    }
}
