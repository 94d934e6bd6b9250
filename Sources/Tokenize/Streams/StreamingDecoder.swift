/// Turns token ids into bytes as they come, and never hands out a part of a scalar.
///
/// An unfinished UTF-8 sequence at the end, three bytes at most, is held back until its rest comes,
/// a byte comes that cannot be its rest, or the text ends. All bytes together are those of `decode`.
public struct StreamingDecoder: Sendable {
    private let vocabulary: Vocabulary
    private var held: [UInt8] = []
    private var position = 0
    private var hasWords = false

    /// Starts a text.
    public init(_ tokenizer: Tokenizer) { vocabulary = tokenizer.vocabulary }

    /// Takes ids and appends the bytes that end with a whole scalar.
    /// - Throws: `TokenizeError.tokenIDOutOfRange`; the ids before it have been taken.
    public mutating func append(
        _ tokenIDs: some Sequence<Int32>, into bytes: inout [UInt8]
    ) throws {
        let start = bytes.count
        bytes += held
        held.removeAll(keepingCapacity: true)
        defer { holdBack(&bytes, from: start) }
        for tokenID in tokenIDs {
            if !vocabulary.level.isLossless, tokenID > Vocabulary.eos {
                if hasWords { bytes.append(0x20) }
                hasWords = true
            }
            guard vocabulary.append(tokenID, to: &bytes) else {
                throw TokenizeError.tokenIDOutOfRange(
                    id: tokenID, position: position, vocabularySize: vocabulary.size)
            }
            position += 1
        }
    }

    /// Ends the text: appends what was held back, ill-formed as it is.
    public mutating func finish(into bytes: inout [UInt8]) {
        bytes += held
        held.removeAll(keepingCapacity: true)
        (position, hasWords) = (0, false)
    }

    private mutating func holdBack(_ bytes: inout [UInt8], from start: Int) {
        let count = bytes.withUnsafeBufferPointer { $0.unfinishedTail(after: start) }
        guard count > 0 else { return }
        held += bytes.suffix(count)
        bytes.removeLast(count)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// How many bytes at the end begin a UTF-8 sequence that more bytes could complete.
    fileprivate func unfinishedTail(after start: Int) -> Int {
        var length = 1
        while length <= 3, count - length >= start {
            let byte = self[count - length]
            if byte & 0xC0 != 0x80 {
                return scalarLength(at: count - length).isUnfinished ? length : 0
            }
            length += 1
        }
        return 0
    }
}
