/// Turns records into token ids: one per thread, as it owns an ICU iterator and scratch memory.
public final class TokenEncoder {
    private let vocabulary: Vocabulary
    private let normalizer: Normalizer
    private let words: WordSplitter?
    private let characters: CharacterSplitter?

    init(spec: TokenizerSpec, vocabulary: Vocabulary, rules: SplittingRules, normalizer: Normalizer)
    {
        self.vocabulary = vocabulary
        self.normalizer = normalizer
        words = rules.words.map { WordSplitter(rules: $0) }
        characters = rules.characters.map { CharacterSplitter(rules: $0) }
    }

    /// Appends the token ids of a record; neither `<bos>` nor `<eos>` is added.
    ///
    /// Time is linear in the record. Beside the ids, memory stays within a few blocks of 64 KiB,
    /// and with a normalization one copy of the record.
    public func encode(_ record: UnsafeBufferPointer<UInt8>, into tokenIDs: inout [Int32]) {
        let text = normalizer.normalize(record)
        if let words {
            words.forEachWord(in: text) { word in
                if let tokenID = vocabulary.tokenID(of: word) {
                    tokenIDs.append(tokenID)
                } else {
                    spell(word, into: &tokenIDs)
                }
            }
        } else if let characters {
            characters.forEachCharacter(in: text) { appendCharacter($0, to: &tokenIDs) }
        } else if let unknown = vocabulary.unknown {
            FieldSplitter.forEachField(in: text) { field in
                tokenIDs.append(vocabulary.tokenID(of: field) ?? unknown)
            }
        } else {
            appendBytes(text, to: &tokenIDs)
        }
    }

    /// Appends an unknown word: without its space if that is known, else character by character,
    /// the first together with the space if that is known.
    private func spell(_ word: ByteSlice, into tokenIDs: inout [Int32]) {
        var rest = word
        if word[0] == 0x20, word.count > 1, word[1] != 0x20 {
            rest = ByteSlice(rebasing: word.dropFirst())
            let space = Vocabulary.firstByte + 0x20
            if let tokenID = vocabulary.tokenID(of: rest) {
                tokenIDs.append(space)
                tokenIDs.append(tokenID)
                return
            }
            var isFirst = true
            characters?.forEachCharacter(in: rest) { character in
                if isFirst {
                    isFirst = false
                    let spaced = ByteSlice(start: word.baseAddress, count: character.count + 1)
                    if let tokenID = vocabulary.tokenID(of: spaced) {
                        tokenIDs.append(tokenID)
                        return
                    }
                    tokenIDs.append(space)
                }
                appendCharacter(character, to: &tokenIDs)
            }
        } else {
            characters?.forEachCharacter(in: rest) { appendCharacter($0, to: &tokenIDs) }
        }
    }

    @inline(__always)
    private func appendCharacter(_ character: ByteSlice, to tokenIDs: inout [Int32]) {
        if let tokenID = vocabulary.tokenID(of: character) {
            tokenIDs.append(tokenID)
        } else {
            appendBytes(character, to: &tokenIDs)
        }
    }

    private func appendBytes(_ bytes: ByteSlice, to tokenIDs: inout [Int32]) {
        for byte in bytes { tokenIDs.append(Vocabulary.firstByte + Int32(byte)) }
    }
}

extension Tokenizer {
    /// Makes an encoder for the calling thread.
    public func makeEncoder() -> TokenEncoder {
        TokenEncoder(
            spec: spec, vocabulary: vocabulary, rules: rules, normalizer: makeNormalizer())
    }

    func makeNormalizer() -> Normalizer {
        do { return try Normalizer(spec) } catch {
            // It could be opened when the tokenizer was made: only memory can be short now.
            fatalError("\(error)")
        }
    }

    /// The token ids of a text; neither `<bos>` nor `<eos>` is added. For many texts make an encoder.
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
