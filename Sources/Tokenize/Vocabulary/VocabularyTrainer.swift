/// Learns the vocabulary of a tokenizer by counting a corpus, record by record.
///
///     var trainer = try VocabularyTrainer(TokenizerSpec(level: .word))
///     for record in records { record.withUnsafeBufferPointer { trainer.add($0) } }
///     let tokenizer = try trainer.finish()
///
/// Entries are ordered by count, descending, and then by their bytes, ascending. The same records
/// in the same order give the same vocabulary; in another order too, unless types were pruned.
///
/// At the word level the entries begin with the characters unknown words are spelled with: every
/// grapheme cluster, and every cluster with the space before the word it begins, that occurs at least
/// `minimumFrequency` times in the distinct words. Counting distinct words and not occurrences
/// ranks characters by what rare words are made of. They take at most a quarter of the room.
public struct VocabularyTrainer {
    /// What decides how text is cut.
    public let spec: TokenizerSpec
    /// Types seen less often get no entry.
    public let minimumFrequency: UInt64
    /// Most token ids the vocabulary may have, special and byte tokens included.
    public let maximumSize: Int
    /// Most types counted at a time: the bound on memory.
    public let maximumTypes: Int
    /// What was read so far and what had to be let go.
    public private(set) var report = TrainingReport()

    private let rules: SplittingRules
    private let normalizer: Normalizer
    private let words: WordSplitter?
    private let characters: CharacterSplitter?
    private var types = TypeCounts()
    /// Characters of words that were pruned.
    private var spelling = TypeCounts()

    /// Prepares to count.
    /// - Parameters:
    ///   - minimumFrequency: 2 at the word level and 1 elsewhere if left out.
    ///   - maximumTypes: when so many types come together, the rarer half is dropped, which the
    ///     report tells.
    /// - Throws: `TokenizeError` when a setting is out of range.
    public init(
        _ spec: TokenizerSpec, minimumFrequency: UInt64? = nil, maximumSize: Int = 32_768,
        maximumTypes: Int = 1 << 21
    ) throws {
        let smallest = Int(Vocabulary.firstEntry(spec.level))
        guard (smallest...Int(Int32.max)).contains(maximumSize) else {
            throw TokenizeError.invalidTraining(
                setting: "maximum size",
                reason: "got \(maximumSize), want \(smallest) (special and byte tokens) or more")
        }
        guard (2...1 << 31).contains(maximumTypes) else {
            throw TokenizeError.invalidTraining(
                setting: "maximum types", reason: "got \(maximumTypes), want 2 to 2^31")
        }
        try spec.validate()
        self.spec = spec
        self.minimumFrequency = minimumFrequency ?? (spec.level == .word ? 2 : 1)
        self.maximumSize = maximumSize
        self.maximumTypes = maximumTypes
        rules = try SplittingRules(spec)
        normalizer = try Normalizer(spec)
        words = rules.words.map { WordSplitter(rules: $0) }
        characters = rules.characters.map { CharacterSplitter(rules: $0) }
    }

    /// Counts the pieces of one record.
    public mutating func add(_ record: UnsafeBufferPointer<UInt8>) {
        noteIllFormed(record)
        report.records += 1
        report.bytes += UInt64(record.count)
        let text = normalizer.normalize(record)
        if let words {
            words.forEachWord(in: text) { count($0) }
        } else if let characters {
            characters.forEachCharacter(in: text) { count($0) }
        } else if spec.level == .whitespace {
            FieldSplitter.forEachField(in: text) { count($0) }
        } else {
            report.occurrences += UInt64(text.count)
        }
    }

    /// The tokenizer learned from the records added so far.
    public func finish() throws -> Tokenizer {
        var vocabulary = Vocabulary(level: spec.level)
        if spec.level == .word {
            var alphabet = spelling
            for index in 0..<types.count {
                types.table.withBytes(of: index) { spell($0, into: &alphabet) }
            }
            let room = (maximumSize - vocabulary.size) / 4
            fill(&vocabulary, from: alphabet, upTo: vocabulary.size + room)
        }
        fill(&vocabulary, from: types, upTo: maximumSize)
        return try Tokenizer(spec: spec, vocabulary: vocabulary, provenance: nil)
    }

    private func fill(_ vocabulary: inout Vocabulary, from types: TypeCounts, upTo size: Int) {
        for index in types.ranked(minimumCount: minimumFrequency) {
            if vocabulary.size >= size { return }
            // What is there already (bytes, `<unk>`, characters) is refused and needs no entry.
            _ = types.table.withBytes(of: index) {
                vocabulary.add($0, count: types.counts[index])
            }
        }
    }

    @inline(__always)
    private mutating func count(_ type: ByteSlice) {
        report.occurrences += 1
        guard type.count <= Vocabulary.maximumTokenLength else {
            report.longOccurrences += 1
            return
        }
        let before = types.count
        types.add(type)
        if types.count > before {
            report.typesSeen += 1
            if types.count > maximumTypes { prune() }
        }
    }

    private mutating func prune() {
        let dropped = types.prune(to: maximumTypes / 2)
        report.typesPruned += UInt64(dropped.count)
        report.occurrencesPruned += dropped.counts.reduce(0, +)
        report.countErrorBound += dropped.counts.first ?? 0
        guard spec.level == .word else { return }
        for index in 0..<dropped.count {
            dropped.table.withBytes(of: index) { spell($0, into: &spelling) }
        }
        if spelling.count > maximumTypes { _ = spelling.prune(to: maximumTypes / 2) }
    }

    /// Counts each character of a word once per occurrence in it, the first also with its space.
    private func spell(_ word: ByteSlice, into alphabet: inout TypeCounts) {
        var rest = word
        var isSpaced = word.hasLeadingSpace
        if isSpaced { rest = ByteSlice(rebasing: word.dropFirst()) }
        characters?.forEachCharacter(in: rest) { character in
            if isSpaced {
                isSpaced = false
                let spaced = ByteSlice(start: word.baseAddress, count: character.count + 1)
                alphabet.add(spaced)
            }
            if character.count > 1 { alphabet.add(character) }
        }
    }

    private mutating func noteIllFormed(_ record: ByteSlice) {
        var offset = 0
        while let part = record.nextIllFormed(from: offset) {
            report.illFormedBytes += UInt64(part.count)
            if report.firstIllFormed.count < TrainingReport.maximumPlaces {
                report.firstIllFormed.append(
                    .init(record: report.records, byte: UInt64(part.lowerBound)))
            }
            offset = part.upperBound
        }
    }
}
