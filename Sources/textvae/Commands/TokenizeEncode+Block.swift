import Files
import Tokenize

/// The written tokens of a block of text.
struct TokenBlock {
    var bytes: [UInt8] = []
    /// Bytes of the text.
    var sourceByteCount = 0
    /// Whether it begins with tokens of a record that an earlier block began.
    var continuesTokens = false
    /// Whether a record began here, and whether the one left open has tokens here.
    var startsRecord = false
    var opensTokens = false

    /// Puts blocks behind one another.
    struct Joiner {
        private let format: TokenFormat
        private var hasTokens = false

        init(_ format: TokenFormat) { self.format = format }

        mutating func write(_ block: TokenBlock, to sink: FileSink) throws {
            if format == .ids, hasTokens, block.continuesTokens { try sink.write([0x20]) }
            try sink.write(block.bytes)
            hasTokens = block.opensTokens || (!block.startsRecord && hasTokens)
        }
    }
}

/// Encodes blocks of text and writes the tokens down; one per worker.
final class TokenBlockWriter {
    private let tokenizer: Tokenizer
    private let offsets: OffsetUnit?
    private let illFormed: IllFormedPolicy
    private let windows: TokenWindows?
    private let encoder: TokenEncoder
    private let spanEncoder: SpanEncoder?
    private let specialEncoder: SpecialEncoder?
    private let unknownFinder: UnknownFinder?
    private let rowWriter: TokenRowWriter
    private var tokenIDs: [Int32] = []
    private var spans: [Range<Int>] = []

    init(
        _ tokenizer: Tokenizer, _ format: TokenFormat, offsets: OffsetUnit?,
        special: SpecialPolicy, illFormed: IllFormedPolicy, windows: TokenWindows?,
        refusesUnknown: Bool
    ) {
        self.tokenizer = tokenizer
        self.offsets = offsets
        self.illFormed = illFormed
        self.windows = windows
        encoder = tokenizer.makeEncoder()
        specialEncoder = special == .allow ? SpecialEncoder(tokenizer) : nil
        spanEncoder = offsets == nil ? nil : tokenizer.makeSpanEncoder()
        unknownFinder = refusesUnknown ? UnknownFinder(tokenizer) : nil
        rowWriter = TokenRowWriter(tokenizer, format, hasSpans: offsets != nil)
    }

    func write(_ block: TextBlock) throws -> TokenBlock {
        var result = TokenBlock(sourceByteCount: block.bytes.count)
        var isFirst = true
        try block.forEachPiece(illFormed: illFormed) { piece in
            try refuseUnknown(piece, block.path)
            encode(piece.bytes)
            if isFirst { result.continuesTokens = !piece.startsRecord && !tokenIDs.isEmpty }
            isFirst = false
            if piece.startsRecord { result.startsRecord = true }
            result.opensTokens = !piece.endsRecord && !tokenIDs.isEmpty
            try append(piece, to: &result.bytes)
        }
        return result
    }

    private func refuseUnknown(_ piece: TextBlock.Piece, _ path: String) throws {
        guard let range = unknownFinder?.first(in: piece.bytes) else { return }
        let text = String(decoding: piece.bytes[range], as: UTF8.self)
        throw TokenizeError.malformedRecord(
            path: path, record: piece.record, byte: piece.offset + range.lowerBound,
            reason: "\"\(text.prefix(40))\" is not in the vocabulary, and --unk error refuses that")
    }

    private func encode(_ record: UnsafeBufferPointer<UInt8>) {
        tokenIDs.removeAll(keepingCapacity: true)
        spans.removeAll(keepingCapacity: true)
        if let specialEncoder {
            specialEncoder.encode(record, unit: offsets ?? .utf8, into: &tokenIDs, spans: &spans)
        } else if let spanEncoder {
            spanEncoder.encode(record, unit: offsets ?? .utf8, into: &tokenIDs, spans: &spans)
        } else {
            encoder.encode(record, into: &tokenIDs)
        }
    }

    private func append(_ piece: TextBlock.Piece, to bytes: inout [UInt8]) throws {
        guard let windows else {
            let row = TokenRow(tokenIDs: tokenIDs, spans: spans, record: piece.record)
            return try rowWriter.append(row, piece, to: &bytes)
        }
        for (number, range) in windows.ranges(count: tokenIDs.count).enumerated() {
            let row = TokenRow(
                tokenIDs: windows.padded(tokenIDs[range], with: tokenizer.padding),
                spans: spans.isEmpty ? [] : windows.padded(spans[range], with: 0..<0),
                record: piece.record, window: number + 1)
            try rowWriter.append(row, piece, to: &bytes)
        }
    }
}
