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
    private let format: TokenFormat
    private let offsets: OffsetUnit?
    private let illFormed: IllFormedPolicy
    private let encoder: TokenEncoder
    private let spanEncoder: SpanEncoder?
    private let specialEncoder: SpecialEncoder?
    private var tokenIDs: [Int32] = []
    private var spans: [Range<Int>] = []

    init(
        _ tokenizer: Tokenizer, _ format: TokenFormat, offsets: OffsetUnit?,
        special: SpecialPolicy, illFormed: IllFormedPolicy
    ) {
        self.tokenizer = tokenizer
        self.format = format
        self.offsets = offsets
        self.illFormed = illFormed
        encoder = tokenizer.makeEncoder()
        specialEncoder = special == .allow ? SpecialEncoder(tokenizer) : nil
        spanEncoder = offsets == nil ? nil : tokenizer.makeSpanEncoder()
    }

    func write(_ block: TextBlock) throws -> TokenBlock {
        var result = TokenBlock(sourceByteCount: block.bytes.count)
        var isFirst = true
        try block.forEachPiece(illFormed: illFormed) { piece in
            encode(piece.bytes)
            if isFirst { result.continuesTokens = !piece.startsRecord && !tokenIDs.isEmpty }
            isFirst = false
            if piece.startsRecord { result.startsRecord = true }
            result.opensTokens = !piece.endsRecord && !tokenIDs.isEmpty
            try append(piece, to: &result.bytes)
        }
        return result
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
        switch format {
        case .ids:
            for (index, tokenID) in tokenIDs.enumerated() {
                if index > 0 { bytes.append(0x20) }
                bytes.append(decimal: Int(tokenID))
            }
            if piece.endsRecord { bytes.append(0x0A) }
        case .text:
            for (index, tokenID) in tokenIDs.enumerated() {
                if index > 0 { bytes.append(0x09) }
                appendToken(tokenID, to: &bytes)
            }
            bytes.append(0x0A)
        case .tsv: appendRows(piece.record, to: &bytes)
        case .jsonl: try appendObject(piece.bytes, to: &bytes)
        case .bin:
            for tokenID in tokenIDs { bytes.append(littleEndian: tokenID) }
            if piece.endsRecord { bytes.append(littleEndian: -1) }
        }
    }

    private func appendRows(_ record: Int, to bytes: inout [UInt8]) {
        for (index, tokenID) in tokenIDs.enumerated() {
            bytes.append(decimal: record)
            bytes.append(0x09)
            bytes.append(decimal: Int(tokenID))
            bytes.append(0x09)
            if offsets != nil {
                bytes.append(decimal: spans[index].lowerBound)
                bytes.append(0x09)
                bytes.append(decimal: spans[index].upperBound)
                bytes.append(0x09)
            }
            appendToken(tokenID, to: &bytes)
            bytes.append(0x0A)
        }
    }

    /// JSON holds text only: ill-formed bytes are shown as U+FFFD in it.
    private func appendObject(
        _ record: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]
    ) throws {
        var members = [
            JSONMember("text", .string(String(decoding: record, as: UTF8.self))),
            JSONMember("ids", .array(tokenIDs.map { .int(Int($0)) })),
            JSONMember(
                "tokens",
                .array(tokenIDs.map { .string(String(decoding: token($0), as: UTF8.self)) })),
        ]
        if offsets != nil {
            members.append(
                JSONMember(
                    "spans",
                    .array(spans.map { .array([.int($0.lowerBound), .int($0.upperBound)]) })))
        }
        bytes += try StrictJSON.bytes(of: .object(members))
        bytes.append(0x0A)
    }

    private func appendToken(_ tokenID: Int32, to bytes: inout [UInt8]) {
        token(tokenID).withUnsafeBufferPointer { TokenEscape.append($0, to: &bytes) }
    }

    /// The bytes of a token, special ones by name.
    private func token(_ tokenID: Int32) -> [UInt8] {
        tokenizer.specialName(of: tokenID) ?? tokenizer.bytes(of: tokenID) ?? []
    }
}

extension Tokenizer {
    /// How `<bos>` and `<eos>` are spelled; nil for other tokens.
    func specialName(of tokenID: Int32) -> [UInt8]? {
        if tokenID == bos { return Array("<bos>".utf8) }
        return tokenID == eos ? Array("<eos>".utf8) : nil
    }
}
