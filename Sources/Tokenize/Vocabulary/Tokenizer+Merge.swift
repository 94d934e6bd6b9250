extension Tokenizer {
    /// A tokenizer with the entries of several vocabularies, their counts added.
    ///
    /// All must agree in their specification. Special and byte tokens follow from the level, so they
    /// are the same in all and cannot be in conflict; text that looks like one is an entry like any
    /// other. Entries are ordered as in training, by count, descending, and then by their bytes,
    /// ascending; at the word level those of one character, with a space before it or without, come
    /// before all words. So the order of the vocabularies is of no influence.
    /// - Parameters:
    ///   - minimumFrequency: entries that are counted less often in all together are left out.
    ///   - maximumSize: most token ids, special and byte tokens included.
    /// - Throws: `TokenizeError` when two specifications differ, naming the key, when counts overflow
    ///   64 bits, and when not even the special and byte tokens find room.
    public convenience init(
        merging tokenizers: [Tokenizer], minimumFrequency: UInt64 = 0,
        maximumSize: Int = Int(Int32.max)
    ) throws {
        guard let first = tokenizers.first else {
            throw TokenizeError.invalidVocabulary(
                entry: 0, reason: "got no vocabularies to merge, want one or more")
        }
        for (index, other) in tokenizers.enumerated() {
            try first.spec.checkEqual(to: other.spec, number: index + 1)
        }
        var vocabulary = Vocabulary(level: first.spec.level)
        guard maximumSize >= vocabulary.size else {
            throw TokenizeError.invalidTraining(
                setting: "maximum size",
                reason:
                    "got \(maximumSize), want \(vocabulary.size) (special and byte tokens) or more")
        }
        let entries = try Self.added(tokenizers)
        let isCharacter = first.characterTest()
        let ranks = entries.indices.map { entry in
            (entry: entry, isCharacter: isCharacter(entries[entry].bytes))
        }
        .sorted { left, right in
            if left.isCharacter != right.isCharacter { return left.isCharacter }
            let (a, b) = (entries[left.entry], entries[right.entry])
            return a.count != b.count
                ? a.count > b.count : a.bytes.lexicographicallyPrecedes(b.bytes)
        }
        for rank in ranks where vocabulary.size < maximumSize {
            let (bytes, count) = entries[rank.entry]
            guard count >= minimumFrequency else { continue }
            // What one vocabulary of this level holds another of it can hold.
            _ = bytes.withUnsafeBufferPointer { vocabulary.add($0, count: count) }
        }
        try self.init(spec: first.spec, vocabulary: vocabulary, provenance: nil)
    }

    /// Distinct entries in the order they come, with the sum of their counts.
    private static func added(
        _ tokenizers: [Tokenizer]
    ) throws -> [(bytes: [UInt8], count: UInt64)] {
        var table = ByteTable(minimumCapacity: tokenizers.reduce(0) { $0 + $1.vocabularySize })
        var entries: [(bytes: [UInt8], count: UInt64)] = []
        for tokenizer in tokenizers {
            try tokenizer.forEachEntry { bytes, count in
                let (index, isNew) = table.insert(bytes)
                if isNew { return entries.append((Array(bytes), count)) }
                let (sum, overflow) = entries[index].count.addingReportingOverflow(count)
                guard !overflow else {
                    throw TokenizeError.invalidVocabulary(
                        entry: index,
                        reason:
                            "the counts \(entries[index].count) and \(count) have no sum in 64 bits"
                    )
                }
                entries[index].count = sum
            }
        }
        return entries
    }

    /// Tells which entries are what unknown words are spelled with; at the word level only.
    private func characterTest() -> ([UInt8]) -> Bool {
        guard spec.level == .word, let characters = rules.characters else { return { _ in false } }
        let splitter = CharacterSplitter(rules: characters)
        return { bytes in
            bytes.withUnsafeBufferPointer { piece in
                let letter = piece.hasLeadingSpace ? ByteSlice(rebasing: piece.dropFirst()) : piece
                var count = 0
                splitter.forEachCharacter(in: letter) { _ in count += 1 }
                return count == 1
            }
        }
    }
}

extension TokenizerSpec {
    /// Throws the first key in which two specifications differ; `number` tells the other from 1.
    fileprivate func checkEqual(to other: TokenizerSpec, number: Int) throws {
        func check(_ key: CodingKeys, _ value: (TokenizerSpec) -> String) throws {
            let (own, others) = (value(self), value(other))
            // By bytes: equality of strings is canonical equivalence.
            guard !own.utf8.elementsEqual(others.utf8) else { return }
            throw TokenizeError.invalidSpec(
                key: key.rawValue,
                reason: key == .rules
                    ? "vocabulary \(number) has other rules than the first"
                    : "vocabulary \(number) has \(others) where the first has \(own)")
        }
        try check(.level) { $0.level.rawValue }
        try check(.profile) { $0.profile.rawValue }
        try check(.normalization) { $0.normalization.rawValue }
        try check(.caseFolding) { $0.caseFolding ? "true" : "false" }
        try check(.locale) { $0.locale ?? "none" }
        try check(.rules) { $0.rules ?? "" }
    }
}
