/// Learns the vocabulary of a tokenizer by counting a corpus.
///
///     var trainer = try VocabularyTrainer(TokenizerSpec(level: .word))
///     for record in records { record.withUnsafeBufferPointer { trainer.add($0) } }
///     let tokenizer = try trainer.finish()
///
/// Entries are ordered by count, descending, and then by their bytes, ascending. The same records
/// in the same order give the same vocabulary, on any number of threads; in another order too,
/// unless types were pruned.
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
    /// The vocabulary ends where its types make up this share of all occurrences.
    public let coverage: Double
    /// When more types than this have come together, the rarer ones are dropped.
    public let maximumTypes: Int
    /// What was read so far and what had to be let go.
    public private(set) var report = TrainingReport()

    let rules: SplittingRules
    private let normalizer: Normalizer
    private let splitter: PieceSplitter
    private var counts = PieceCounts()
    /// Types in `counts` that the report knows of.
    private var typesReported = 0
    private(set) var schedule = SegmentSchedule()
    private var isBetweenSegments = false
    /// Characters of words that were pruned.
    private var spelling = TypeCounts()

    /// Prepares to count.
    /// - Parameters:
    ///   - minimumFrequency: 2 at the word level and 1 elsewhere if left out.
    ///   - coverage: above 0, at most 1. The characters of the word level are not subject to it.
    ///   - maximumTypes: when a segment of the corpus (8 MiB at most) has brought the count of types
    ///     above this, the best half of so many stay, which the report tells. Memory is that of so
    ///     many types and of one segment a thread.
    /// - Throws: `TokenizeError` when a setting is out of range.
    public init(
        _ spec: TokenizerSpec, minimumFrequency: UInt64? = nil, maximumSize: Int = 32_768,
        coverage: Double = 1, maximumTypes: Int = 1 << 20
    ) throws {
        let smallest = Int(Vocabulary.firstEntry(spec.level))
        guard (smallest...Int(Int32.max)).contains(maximumSize) else {
            throw TokenizeError.invalidTraining(
                setting: "maximum size",
                reason: "got \(maximumSize), want \(smallest) (special and byte tokens) or more")
        }
        guard coverage > 0, coverage <= 1 else {
            throw TokenizeError.invalidTraining(
                setting: "coverage", reason: "got \(coverage), want a share above 0, at most 1")
        }
        guard (2...1 << 31).contains(maximumTypes) else {
            throw TokenizeError.invalidTraining(
                setting: "maximum types", reason: "got \(maximumTypes), want 2 to 2^31")
        }
        try spec.validate()
        self.spec = spec
        self.minimumFrequency = minimumFrequency ?? (spec.level == .word ? 2 : 1)
        self.maximumSize = maximumSize
        self.coverage = coverage
        self.maximumTypes = maximumTypes
        rules = try SplittingRules(spec)
        normalizer = try Normalizer(spec)
        splitter = PieceSplitter(spec.level, rules)
    }

    /// Counts the pieces of one record.
    public mutating func add(_ record: UnsafeBufferPointer<UInt8>) {
        counts.noteIllFormed(record, record: report.records, offset: 0)
        report.records += 1
        report.bytes += UInt64(record.count)
        var rest = record
        while schedule.remaining < rest.count,
            let cut = rules.cuts.first(in: rest, from: schedule.remaining)
        {
            count(ByteSlice(rebasing: rest[..<cut]))
            rest = ByteSlice(rebasing: rest[cut...])
            schedule.fill(cut)
            endSegment()
        }
        count(rest)
        schedule.fill(rest.count + 1)
        if schedule.remaining == 0 { endSegment() }
        takeReport()
    }

    private mutating func count(_ text: ByteSlice) {
        beginSegment()
        counts.add(normalizer.normalize(text), splitter)
    }

    /// Moves what was counted beside the types into the report.
    private mutating func takeReport() {
        report.add(counts.report)
        report.typesSeen += UInt64(counts.types.count - typesReported)
        typesReported = counts.types.count
        counts.report = TrainingReport()
    }

    /// Adds what was counted in the next part of a stream, beside its types.
    mutating func add(_ part: TrainingReport) {
        var found = part
        for index in found.firstIllFormed.indices {
            found.firstIllFormed[index].record += report.records
        }
        report.add(found)
    }

    /// Takes the types that workers have counted.
    mutating func gather(_ workers: [SegmentCounter]) {
        for worker in workers { worker.giveTypes(to: &counts.types) }
        takeReport()
    }

    /// How many types are counted here.
    var typeCount: Int { counts.types.count }

    mutating func endSegment() {
        schedule.startNext()
        isBetweenSegments = true
    }

    /// Drops rare types before more can come; those of the last segment all stay.
    mutating func beginSegment() {
        guard isBetweenSegments else { return }
        isBetweenSegments = false
        guard typeCount > maximumTypes else { return }
        takeReport()
        let types = counts.types
        let (kept, dropped) = types.pruned(to: maximumTypes / 2)
        report.noteDropped(dropped, of: types)
        if spec.level == .word {
            spelling = spelled(dropped, of: types)
            if spelling.count > maximumTypes {
                spelling = spelling.pruned(to: maximumTypes / 2).kept
            }
        }
        counts.types = kept
        typesReported = kept.count
    }

    /// The characters of some words, and those of words that were pruned before.
    private func spelled(_ words: some Sequence<UInt32>, of types: TypeCounts) -> TypeCounts {
        guard let characters = rules.characters else { return spelling }
        var speller = WordSpeller(characters, spelling)
        speller.add(words, of: types)
        return speller.characters
    }

    /// The tokenizer learned from the records added so far.
    public func finish() throws -> Tokenizer {
        var vocabulary = Vocabulary(
            level: spec.level, minimumCapacity: min(maximumSize, counts.types.count))
        if spec.level == .word {
            let alphabet = spelled(0..<UInt32(typeCount), of: counts.types)
            let room = (maximumSize - vocabulary.size) / 4
            fill(&vocabulary, from: alphabet, upTo: vocabulary.size + room)
        }
        fill(&vocabulary, from: counts.types, upTo: maximumSize, covering: coverage)
        return try Tokenizer(spec: spec, vocabulary: vocabulary, provenance: nil)
    }

    private func fill(
        _ vocabulary: inout Vocabulary, from types: TypeCounts, upTo size: Int,
        covering coverage: Double = 1
    ) {
        let total = types.total + report.occurrencesPruned
        let wanted = coverage < 1 ? coverage * Double(total) : .infinity
        var covered: UInt64 = 0
        // What is there already (bytes, `<unk>`, characters) is refused and needs no entry.
        let limit = size + 1
        for type in types.ranked(minimumCount: minimumFrequency, limit: limit) {
            if vocabulary.size >= size || Double(covered) >= wanted { return }
            let count = types.occurrences(of: Int(type))
            covered += count
            _ = types.withBytes(of: Int(type)) { vocabulary.add($0, count: count) }
        }
    }
}
