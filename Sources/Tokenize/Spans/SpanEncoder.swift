/// Turns records into token ids and says where each token stands in the original text.
///
/// One per thread. Where a token covers a part of what normalization made of some characters, its
/// span is all of those characters, so the spans of neighbours can overlap; where normalization
/// removed characters altogether, no span covers them. In units wider than a byte a token that is a
/// part of a scalar has the span of the whole scalar.
public final class SpanEncoder {
    private let spec: TokenizerSpec
    private let vocabulary: Vocabulary
    private let normalizer: Normalizer
    private let encoder: TokenEncoder

    init(_ tokenizer: Tokenizer) {
        spec = tokenizer.spec
        vocabulary = tokenizer.vocabulary
        normalizer = tokenizer.makeNormalizer()
        encoder = tokenizer.makeEncoder()
    }

    /// Appends the token ids of a record and the span of each in it.
    ///
    /// Memory grows with the record.
    public func encode(
        _ record: UnsafeBufferPointer<UInt8>, unit: OffsetUnit = .utf8,
        into tokenIDs: inout [Int32], spans: inout [Range<Int>]
    ) {
        let first = tokenIDs.count
        encoder.encode(record, into: &tokenIDs)
        let alignment = Alignment(record, spec, normalizer)
        var cursor = Alignment.Cursor(alignment)
        var lower = OffsetCounter(record, unit)
        var upper = OffsetCounter(record, unit)
        func add(_ range: Range<Int>) {
            let original = cursor.original(of: range)
            spans.append(
                lower.roundedDown(original.lowerBound)..<upper.roundedUp(original.upperBound))
        }
        guard spec.level.isLossless else {
            // Every field is one token, known or not.
            return alignment.normalized.withUnsafeBufferPointer { text in
                FieldSplitter.forEachField(in: text) { field in
                    guard let base = text.baseAddress, let start = field.baseAddress else { return }
                    add(start - base..<start - base + field.count)
                }
            }
        }
        // The tokens of a lossless level are the text, one after another.
        var start = 0
        for tokenID in tokenIDs[first...] {
            let end = start + vocabulary.length(of: tokenID)
            add(start..<end)
            start = end
        }
    }
}

extension Tokenizer {
    /// Makes an encoder with spans for the calling thread.
    public func makeSpanEncoder() -> SpanEncoder { SpanEncoder(self) }

    /// The token ids of a text, and where each token stands in it.
    public func encodeWithSpans(
        _ text: some Sequence<UInt8>, unit: OffsetUnit = .utf8
    ) -> (tokenIDs: [Int32], spans: [Range<Int>]) {
        var tokenIDs: [Int32] = []
        var spans: [Range<Int>] = []
        let encoder = makeSpanEncoder()
        Array(text).withUnsafeBufferPointer {
            encoder.encode($0, unit: unit, into: &tokenIDs, spans: &spans)
        }
        return (tokenIDs, spans)
    }
}
