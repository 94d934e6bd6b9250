/// Encodes text in which special tokens are spelled out, such as "<bos>Hello<eos>".
///
/// Plain encoding never yields a special id, whatever the text says; this is for text whose author
/// may. The spellings are found in the text as it stands, before normalization, leftmost first.
public final class SpecialEncoder {
    private let encoder: SpanEncoder

    /// The spellings and their ids.
    static let specials: [(bytes: [UInt8], tokenID: Int32)] = [
        (Array("<bos>".utf8), Vocabulary.bos), (Array("<eos>".utf8), Vocabulary.eos),
    ]

    /// One per thread.
    public init(_ tokenizer: Tokenizer) { encoder = tokenizer.makeSpanEncoder() }

    /// Appends the token ids of a record, special ones where they are spelled, and their spans.
    public func encode(
        _ record: UnsafeBufferPointer<UInt8>, unit: OffsetUnit = .utf8,
        into tokenIDs: inout [Int32], spans: inout [Range<Int>]
    ) {
        var counter = OffsetCounter(record, unit)
        var start = 0
        while start < record.count {
            let special = Self.next(in: record, from: start)
            let end = special?.range.lowerBound ?? record.count
            let shift = counter.roundedDown(start)
            let first = spans.count
            encoder.encode(
                ByteSlice(rebasing: record[start..<end]), unit: unit, into: &tokenIDs,
                spans: &spans)
            for index in first..<spans.count {
                spans[index] = spans[index].lowerBound + shift..<spans[index].upperBound + shift
            }
            guard let special else { return }
            tokenIDs.append(special.tokenID)
            let lower = counter.roundedDown(special.range.lowerBound)
            spans.append(lower..<counter.roundedDown(special.range.upperBound))
            start = special.range.upperBound
        }
    }

    private static func next(
        in record: ByteSlice, from start: Int
    ) -> (range: Range<Int>, tokenID: Int32)? {
        var offset = start
        while let open = record.firstIndex(of: UInt8(ascii: "<"), from: offset) {
            for special in specials where record[open...].starts(with: special.bytes) {
                return (open..<open + special.bytes.count, special.tokenID)
            }
            offset = open + 1
        }
        return nil
    }
}
