import Files
import Tokenize

/// Token ids of a record, or of a part of one.
struct TokenIDPiece {
    var tokenIDs: [Int32]
    var startsRecord: Bool
    var endsRecord: Bool
}

/// The text of a block of token ids.
struct DecodedBlock {
    var bytes: [UInt8] = []
    /// Bytes the ids took.
    var sourceByteCount = 0
    /// Records whose line feeds were written as spaces.
    var brokenCount = 0
    /// As in `TokenBlock`, for the level whose words need a space between.
    var continuesWords = false
    var startsRecord = false
    var opensWords = false

    /// Puts blocks behind one another.
    struct Joiner {
        private let hasSpaces: Bool
        private var hasWords = false
        private var brokenCount = 0

        init(_ tokenizer: Tokenizer) { hasSpaces = !tokenizer.spec.level.isLossless }

        mutating func write(_ block: DecodedBlock, to sink: FileSink) throws {
            if hasSpaces, hasWords, block.continuesWords { try sink.write([0x20]) }
            try sink.write(block.bytes)
            hasWords = block.opensWords || (!block.startsRecord && hasWords)
            brokenCount += block.brokenCount
        }

        /// Says how many records held line feeds, if any did.
        func tell() {
            guard brokenCount > 0 else { return }
            StandardError.note(
                "\(Figures.count(brokenCount, "text")) with line feeds: written as spaces; "
                    + "--record null, whole or jsonl keeps them")
        }
    }
}

/// Decodes blocks of token ids; one per worker.
final class DecodedBlockWriter {
    private let tokenizer: Tokenizer
    private let framing: RecordFraming
    private let special: SpecialPolicy

    init(_ tokenizer: Tokenizer, _ framing: RecordFraming, _ special: SpecialPolicy) {
        self.tokenizer = tokenizer
        self.framing = framing
        self.special = special
    }

    func write(
        _ block: TextBlock, _ format: TokenizeDecodeCommand.InputFormat
    ) throws -> DecodedBlock {
        var result = DecodedBlock(sourceByteCount: block.bytes.count)
        var isFirst = true
        try block.forEachPiece { piece in
            let tokenIDs =
                format == .jsonl
                ? try Self.objectIDs(piece, block.path) : try lineIDs(piece, block.path)
            try append(
                TokenIDPiece(
                    tokenIDs: tokenIDs, startsRecord: piece.startsRecord,
                    endsRecord: piece.endsRecord), isFirst: isFirst, to: &result
            ) { index in "\(block.path):\(piece.record), token \(index + 1)" }
            isFirst = false
        }
        return result
    }

    func write(_ piece: TokenIDPiece) throws -> DecodedBlock {
        var result = DecodedBlock(sourceByteCount: 4 * piece.tokenIDs.count)
        try append(piece, isFirst: true, to: &result) { "token \($0 + 1) of a record" }
        return result
    }

    private func append(
        _ piece: TokenIDPiece, isFirst: Bool, to result: inout DecodedBlock,
        place: (Int) -> String
    ) throws {
        if let index = piece.tokenIDs.firstIndex(where: {
            !(0..<tokenizer.vocabularySize).contains(Int($0))
        }) {
            throw refusal("\(piece.tokenIDs[index])", place(index))
        }
        let hasWords = piece.tokenIDs.contains { $0 > tokenizer.eos }
        if isFirst { result.continuesWords = !piece.startsRecord && hasWords }
        if piece.startsRecord { result.startsRecord = true }
        result.opensWords = !piece.endsRecord && hasWords
        append(try text(of: piece.tokenIDs), piece.endsRecord, to: &result)
    }

    private func append(_ text: [UInt8], _ endsRecord: Bool, to result: inout DecodedBlock) {
        switch framing {
        case .line:
            if text.contains(0x0A) {
                result.brokenCount += 1
                result.bytes += text.lazy.map { $0 == 0x0A ? 0x20 : $0 }
            } else {
                result.bytes += text
            }
            if endsRecord { result.bytes.append(0x0A) }
        case .null:
            result.bytes += text
            if endsRecord { result.bytes.append(0) }
        case .whole: result.bytes += text
        case .jsonLines(let field):
            let member = JSONMember(field, .string(String(decoding: text, as: UTF8.self)))
            // An object of one string cannot fail.
            result.bytes += (try? StrictJSON.bytes(of: .object([member]))) ?? []
            result.bytes.append(0x0A)
        }
    }

    private func text(of tokenIDs: [Int32]) throws -> [UInt8] {
        guard special == .allow else { return try tokenizer.decode(tokenIDs) }
        var text: [UInt8] = []
        for run in tokenIDs.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 <= tokenizer.eos })
        {
            text += try tokenizer.decode(run)
            if run.endIndex < tokenIDs.endIndex {
                text += tokenizer.specialName(of: tokenIDs[run.endIndex]) ?? []
            }
        }
        return text
    }

    private func lineIDs(_ piece: TextBlock.Piece, _ path: String) throws -> [Int32] {
        var tokenIDs: [Int32] = []
        for word in piece.bytes.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }) {
            var value: Int32 = 0
            var isNumber = true
            for byte in word {
                let (high, overflow) = value.multipliedReportingOverflow(by: 10)
                let digit = Int32(byte) - 0x30
                isNumber = isNumber && !overflow && (0...9).contains(digit)
                let (sum, carry) = high.addingReportingOverflow(isNumber ? digit : 0)
                isNumber = isNumber && !carry
                value = sum
            }
            guard isNumber, Int(value) < tokenizer.vocabularySize else {
                let place =
                    piece.offset == 0
                    ? "token \(tokenIDs.count + 1)"
                    : "token \(tokenIDs.count + 1) after byte \(piece.offset)"
                throw refusal(
                    String(decoding: word, as: UTF8.self), "\(path):\(piece.record), \(place)")
            }
            tokenIDs.append(value)
        }
        return tokenIDs
    }

    private static func objectIDs(_ piece: TextBlock.Piece, _ path: String) throws -> [Int32] {
        let place = "\(path):\(piece.record)"
        let object = try StrictJSON.parse(UnsafeRawBufferPointer(piece.bytes), source: place)
        guard let items = object["ids"]?.array else {
            throw UserError.data("\(place), key ids: want an array of token ids")
        }
        return try items.enumerated().map { index, item in
            guard let value = item.int, let tokenID = Int32(exactly: value) else {
                throw UserError.data("\(place), token \(index + 1): want a token id")
            }
            return tokenID
        }
    }

    private func refusal(_ got: String, _ place: String) -> UserError {
        .data(
            "\(place): got \"\(got.prefix(40))\", allowed are 0 … \(tokenizer.vocabularySize - 1)")
    }
}

/// 32-bit little-endian ids, −1 after each record, read piece by piece.
struct BinaryIDs {
    private let stream: RecordStream
    private var rest: [UInt8] = []
    private var isOpen = false
    private var pending: ArraySlice<TokenIDPiece> = []

    init(_ stream: RecordStream) { self.stream = stream }

    mutating func next() throws -> TokenIDPiece? {
        while pending.isEmpty {
            guard let chunk = try stream.nextChunk() else {
                guard rest.isEmpty else {
                    throw UserError.data(
                        "the last \(rest.count) bytes are no 32-bit integer; is it --format bin?")
                }
                guard isOpen else { return nil }
                isOpen = false
                return TokenIDPiece(tokenIDs: [], startsRecord: false, endsRecord: true)
            }
            rest += chunk
            take()
        }
        return pending.popFirst()
    }

    private mutating func take() {
        let count = rest.count / 4
        var tokenIDs: [Int32] = []
        rest.withUnsafeBytes { bytes in
            for index in 0..<count {
                let value = Int32(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self))
                if value == -1 {
                    pending.append(
                        TokenIDPiece(tokenIDs: tokenIDs, startsRecord: !isOpen, endsRecord: true))
                    isOpen = false
                    tokenIDs.removeAll()
                } else {
                    tokenIDs.append(value)
                }
            }
        }
        rest.removeFirst(4 * count)
        if !tokenIDs.isEmpty {
            pending.append(
                TokenIDPiece(tokenIDs: tokenIDs, startsRecord: !isOpen, endsRecord: false))
            isOpen = true
        }
    }
}
