extension Tokenizer {
    /// Makes an encoder for the calling thread.
    public func makeEncoder() -> TokenEncoder {
        TokenEncoder(
            spec: spec, index: index, rules: rules, normalizer: makeNormalizer())
    }

    func makeNormalizer() -> Normalizer { Normalizer(normalization) }

    /// The token ids of a text; neither `<bos>` nor `<eos>` is added.
    ///
    /// For many texts make an encoder.
    public func encode(_ text: String) -> [Int32] {
        encode(bytes: text.utf8)
    }

    /// The token ids of any bytes, well-formed or not; neither `<bos>` nor `<eos>` is added.
    public func encode(bytes: some Sequence<UInt8>) -> [Int32] {
        var tokenIDs: [Int32] = []
        let encoder = makeEncoder()
        Array(bytes).withUnsafeBufferPointer { encoder.encode($0, into: &tokenIDs) }
        return tokenIDs
    }

    /// The text that `decode(encode(bytes:))` gives back: normalized and case-folded as the
    /// specification says, with ill-formed bytes unchanged.
    public func normalized(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let normalizer = makeNormalizer()
        return Array(bytes).withUnsafeBufferPointer { Array(normalizer.normalize($0)) }
    }
}
