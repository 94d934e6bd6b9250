import Files
import Tokenize

/// Token ids that are written together: those of a record, of a part or of a window of one.
struct TokenRow {
    var tokenIDs: [Int32]
    /// Where each stands, if that was asked for.
    var spans: [Range<Int>]
    /// Number of the record in its file, the first being 1.
    var record: Int
    /// Number of the window in its record, the first being 1; nil without windows.
    var window: Int?
}

/// Writes rows of tokens down.
struct TokenRowWriter {
    private let tokenizer: Tokenizer
    private let format: TokenFormat
    private let hasSpans: Bool

    init(_ tokenizer: Tokenizer, _ format: TokenFormat, hasSpans: Bool) {
        self.tokenizer = tokenizer
        self.format = format
        self.hasSpans = hasSpans
    }

    /// Appends a row, and what ends it if its record ends.
    func append(_ row: TokenRow, _ piece: TextBlock.Piece, to bytes: inout [UInt8]) throws {
        switch format {
        case .ids:
            for (index, tokenID) in row.tokenIDs.enumerated() {
                if index > 0 { bytes.append(0x20) }
                bytes.append(decimal: Int(tokenID))
            }
            if piece.endsRecord { bytes.append(0x0A) }
        case .text:
            for (index, tokenID) in row.tokenIDs.enumerated() {
                if index > 0 { bytes.append(0x09) }
                appendToken(tokenID, to: &bytes)
            }
            bytes.append(0x0A)
        case .tsv: appendLines(row, to: &bytes)
        case .jsonl: try appendObject(row, piece.bytes, to: &bytes)
        case .bin:
            for tokenID in row.tokenIDs { bytes.append(littleEndian: tokenID) }
            if piece.endsRecord { bytes.append(littleEndian: -1) }
        }
    }

    private func appendLines(_ row: TokenRow, to bytes: inout [UInt8]) {
        for (index, tokenID) in row.tokenIDs.enumerated() {
            bytes.append(decimal: row.record)
            bytes.append(0x09)
            if let window = row.window {
                bytes.append(decimal: window)
                bytes.append(0x09)
            }
            bytes.append(decimal: Int(tokenID))
            bytes.append(0x09)
            if hasSpans {
                bytes.append(decimal: row.spans[index].lowerBound)
                bytes.append(0x09)
                bytes.append(decimal: row.spans[index].upperBound)
                bytes.append(0x09)
            }
            appendToken(tokenID, to: &bytes)
            bytes.append(0x0A)
        }
    }

    /// JSON holds text only: ill-formed bytes are shown as U+FFFD in it.
    private func appendObject(
        _ row: TokenRow, _ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]
    ) throws {
        // The text of a long record would be repeated for each of its windows.
        var members =
            if let window = row.window {
                [JSONMember("record", .int(row.record)), JSONMember("window", .int(window))]
            } else {
                [JSONMember("text", .string(String(decoding: text, as: UTF8.self)))]
            }
        members += [
            JSONMember("ids", .array(row.tokenIDs.map { .int(Int($0)) })),
            JSONMember(
                "tokens",
                .array(row.tokenIDs.map { .string(String(decoding: token($0), as: UTF8.self)) })),
        ]
        if hasSpans {
            members.append(
                JSONMember(
                    "spans",
                    .array(row.spans.map { .array([.int($0.lowerBound), .int($0.upperBound)]) })))
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
