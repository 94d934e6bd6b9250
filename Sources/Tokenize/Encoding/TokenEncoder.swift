/// Turns records into token ids: one per thread, as it owns ICU iterators and scratch memory.
public final class TokenEncoder {
    private let level: TokenLevel
    private let vocabulary: Vocabulary
    private let normalizer: Normalizer
    private let words: WordSplitter?
    private let characters: CharacterSplitter?

    init(spec: TokenizerSpec, vocabulary: Vocabulary, rules: SplittingRules, normalizer: Normalizer)
    {
        level = spec.level
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
        TokenIDWriter.withWriter(appendingTo: &tokenIDs) { writer in
            vocabulary.withLookup { lookup in
                switch level {
                case .word: encodeWords(text, lookup, &writer)
                case .character:
                    characters?.forEachCharacter(in: text) { write($0, lookup, &writer) }
                case .byte: writer.append(bytes: text)
                case .whitespace:
                    let unknown = lookup.unknown ?? 0
                    FieldSplitter.forEachField(in: text) {
                        writer.append(lookup.tokenID(of: $0) ?? unknown)
                    }
                }
            }
        }
    }

    private func encodeWords(
        _ text: ByteSlice, _ lookup: Vocabulary.Lookup, _ writer: inout TokenIDWriter
    ) {
        words?.forEachWord(in: text) { word in
            if let tokenID = lookup.tokenID(of: word) {
                writer.append(tokenID)
            } else {
                spell(word, lookup, &writer)
            }
        }
    }

    /// Writes an unknown word: without its space if that is known, else character by character, the
    /// first together with the space if that is known.
    private func spell(
        _ word: ByteSlice, _ lookup: Vocabulary.Lookup, _ writer: inout TokenIDWriter
    ) {
        guard word.hasLeadingSpace else {
            characters?.forEachCharacter(in: word) { write($0, lookup, &writer) }
            return
        }
        let space = Vocabulary.firstByte + 0x20
        let rest = ByteSlice(rebasing: word.dropFirst())
        if let tokenID = lookup.tokenID(of: rest) {
            writer.append(space)
            writer.append(tokenID)
            return
        }
        var isFirst = true
        characters?.forEachCharacter(in: rest) { character in
            if isFirst {
                isFirst = false
                let spaced = ByteSlice(start: word.baseAddress, count: character.count + 1)
                if let tokenID = lookup.tokenID(of: spaced) {
                    writer.append(tokenID)
                    return
                }
                writer.append(space)
            }
            write(character, lookup, &writer)
        }
    }

    /// Writes a character, or its bytes if it is unknown.
    @inline(__always)
    private func write(
        _ character: ByteSlice, _ lookup: Vocabulary.Lookup, _ writer: inout TokenIDWriter
    ) {
        if let tokenID = lookup.tokenID(of: character) {
            writer.append(tokenID)
        } else {
            writer.append(bytes: character)
        }
    }
}
