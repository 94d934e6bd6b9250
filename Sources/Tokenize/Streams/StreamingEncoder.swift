/// Encodes one text that arrives in chunks, cut anywhere, and holds only what is not decided yet.
///
/// The ids are those of `encode` on the whole text. What is held back ends at the next line feed or
/// at the next space after a common letter (`TextCut`): memory is bounded by the longest stretch
/// without either. Under rules of the caller's own only line feeds end it, or nothing if they may
/// stand inside a word.
public struct StreamingEncoder {
    private let encoder: TokenEncoder
    private let cuts: TextCut
    private var held: [UInt8] = []
    /// Bytes of `held` that were searched for a cut in vain.
    private var searched = 0

    /// Starts a text.
    public init(_ tokenizer: Tokenizer) {
        encoder = tokenizer.makeEncoder()
        cuts = tokenizer.rules.cuts
    }

    /// Takes a chunk and appends the ids that are certain now.
    public mutating func append(_ chunk: some Sequence<UInt8>, into tokenIDs: inout [Int32]) {
        held.append(contentsOf: chunk)
        let cut = held.withUnsafeBufferPointer { bytes in
            // A space is judged with the three bytes before it.
            let start = max(0, searched - 3)
            return cuts.last(in: ByteSlice(rebasing: bytes[start...])).map { start + $0 }
        }
        searched = held.count
        guard let cut, cut > 0 else { return }
        held.withUnsafeBufferPointer {
            encoder.encode(ByteSlice(rebasing: $0[..<cut]), into: &tokenIDs)
        }
        held.removeSubrange(..<cut)
        searched = held.count
    }

    /// Ends the text, appends the last ids, and is ready for another text.
    public mutating func finish(into tokenIDs: inout [Int32]) {
        held.withUnsafeBufferPointer { encoder.encode($0, into: &tokenIDs) }
        held.removeAll(keepingCapacity: true)
        searched = 0
    }
}
