import Files

/// A stretch of a stream that one worker handles: whole records, the first and last possibly cut.
public struct TextBlock: Sendable {
    /// What stands in the stream, separators included.
    public var bytes: [UInt8]
    /// How the bytes fall into records.
    public var framing: RecordFraming
    /// Whether the first piece goes on with the last record of the block before.
    public var isContinued = false
    /// Whether the last record goes on in the next block.
    public var isOpen = false
    /// The file, as it was named.
    public var path = ""
    /// Number of the first record in its file, the first being 1.
    public var firstRecord = 1
    /// Bytes of that record in the blocks before.
    public var firstOffset = 0

    /// A block of its own.
    public init(bytes: [UInt8], framing: RecordFraming) {
        self.bytes = bytes
        self.framing = framing
    }

    /// A record, or the part of one that stands in a block.
    public struct Piece {
        /// The text, valid during the call that lends it.
        public let bytes: UnsafeBufferPointer<UInt8>
        /// Whether the record begins here.
        public let startsRecord: Bool
        /// Whether the record ends here.
        public let endsRecord: Bool
        /// Number of the record in its file, the first being 1.
        public let record: Int
        /// Where the piece begins in its record.
        public let offset: Int
    }

    /// Calls `body` with one piece after another; those of one record follow each other.
    /// - Parameter illFormed: what becomes of ill-formed UTF-8.
    /// - Throws: `TokenizeError.malformedRecord` for a JSON line without the field and for refused
    ///   bytes, or what `body` throws.
    public func forEachPiece(
        illFormed: IllFormedPolicy = .keep, _ body: (Piece) throws -> Void
    ) throws {
        guard illFormed != .keep else { return try forEachText(body) }
        try forEachText { piece in
            guard let part = piece.bytes.nextIllFormed(from: 0) else { return try body(piece) }
            guard illFormed == .replace else {
                throw TokenizeError.malformedRecord(
                    path: path, record: piece.record, byte: piece.offset + part.lowerBound,
                    reason: "ill-formed UTF-8; keep or replace it, or see the encoding of the file")
            }
            try piece.bytes.replacingIllFormed().withUnsafeBufferPointer {
                try body(
                    Piece(
                        bytes: $0, startsRecord: piece.startsRecord, endsRecord: piece.endsRecord,
                        record: piece.record, offset: piece.offset))
            }
        }
    }

    private func forEachText(_ body: (Piece) throws -> Void) throws {
        guard case .jsonLines(let field) = framing else { return try forEachSlice(body) }
        try forEachSlice { piece in
            let text = try Self.text(of: field, in: piece, path: path)
            try text.withUnsafeBufferPointer {
                try body(
                    Piece(
                        bytes: $0, startsRecord: true, endsRecord: true, record: piece.record,
                        offset: 0))
            }
        }
    }

    private func forEachSlice(_ body: (Piece) throws -> Void) throws {
        try bytes.withUnsafeBufferPointer { bytes in
            var (start, record) = (0, firstRecord)
            var starts = !isContinued
            func piece(_ end: Int, ends: Bool) -> Piece {
                Piece(
                    bytes: ByteSlice(rebasing: bytes[start..<end]), startsRecord: starts,
                    endsRecord: ends, record: record,
                    offset: record == firstRecord ? firstOffset : 0)
            }
            while start < bytes.count {
                guard let end = framing.separator.flatMap({ bytes.firstIndex(of: $0, from: start) })
                else { return try body(piece(bytes.count, ends: !isOpen)) }
                try body(piece(end, ends: true))
                (start, record, starts) = (end + 1, record + 1, true)
            }
            if bytes.isEmpty, isContinued || framing.separator == nil {
                try body(piece(0, ends: !isOpen))
            }
        }
    }

    private static func text(of field: String, in piece: Piece, path: String) throws -> [UInt8] {
        func failure(_ reason: String) -> TokenizeError {
            .malformedRecord(path: path, record: piece.record, byte: 0, reason: reason)
        }
        let value: JSONValue
        do {
            value = try StrictJSON.parse(UnsafeRawBufferPointer(piece.bytes), source: path)
        } catch .json(_, let offset, _, let reason) {
            throw TokenizeError.malformedRecord(
                path: path, record: piece.record, byte: offset, reason: reason)
        } catch { throw failure("\(error)") }
        guard let text = value[field]?.string else {
            let got = value[field]?.kind ?? (value.object == nil ? value.kind : "nothing")
            throw failure("key '\(field)': got \(got), want a string")
        }
        return Array(text.utf8)
    }
}
