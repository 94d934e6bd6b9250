/// What a corpus is made of, at the level and after the normalization of a tokenizer.
public struct CorpusStatistics {
    /// What decides how text is cut.
    public let spec: TokenizerSpec
    /// When more types than this have come together, the rarer ones are dropped.
    public let maximumTypes: Int
    /// Sums of what was read; `occurrences` are tokens before any vocabulary.
    public private(set) var report = TrainingReport()
    /// Scalars of the text as it stands, a maximal ill-formed part counting as one.
    public private(set) var scalars: UInt64 = 0
    /// Grapheme clusters of the normalized text.
    public private(set) var graphemes: UInt64 = 0
    /// Records without any text.
    public private(set) var emptyRecords: UInt64 = 0
    /// Records that are not in NFC.
    public private(set) var unnormalizedRecords: UInt64 = 0
    /// Tokens in a record.
    public private(set) var recordLengths = Histogram()
    /// Bytes in a token.
    public private(set) var tokenLengths = Histogram()
    private var scriptCounts = [UInt64](repeating: 0, count: Script.count)
    private var types = TypeCounts()

    /// Prepares to count.
    /// - Throws: `TokenizeError` on a specification that cannot be.
    public init(_ spec: TokenizerSpec, maximumTypes: Int = 1 << 20) throws {
        guard (2...1 << 31).contains(maximumTypes) else {
            throw TokenizeError.invalidTraining(
                setting: "maximum types", reason: "got \(maximumTypes), want 2 to 2^31")
        }
        try spec.validate()
        self.spec = spec
        self.maximumTypes = maximumTypes
    }

    /// Distinct tokens; too few where types were pruned, and at the byte level none is counted.
    public var typeCount: Int { types.count }

    /// Scalars by script, the most frequent first.
    public var scripts: [(name: String, scalars: UInt64)] {
        scriptCounts.indices.filter { scriptCounts[$0] > 0 }
            .map { (Script.name($0), scriptCounts[$0]) }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    /// The counts of the types, the most frequent first: all else about types follows from them.
    public var typeFrequencies: TypeFrequencies {
        let counts = types.counts
        return TypeFrequencies(
            counts: counts.sorted(by: >),
            total: counts.reduce(0, &+) + report.occurrencesPruned)
    }

    /// Counts all records of a stream on several threads.
    ///
    /// A record is held in memory whole.
    /// - Parameters:
    ///   - illFormed: what becomes of ill-formed UTF-8.
    ///   - threads: of no influence on the result.
    ///   - progress: called now and then with the bytes counted so far.
    /// - Throws: `TokenizeError` on a file that cannot be read or a JSON line without its text, or
    ///   what `progress` throws.
    public mutating func add(
        _ stream: RecordStream, illFormed: IllFormedPolicy = .keep, threads: Int = 1,
        progress: (UInt64) throws -> Void = { _ in }
    ) throws {
        let spec = spec
        let rules = try SplittingRules(spec)
        let characters = try BoundaryRules.characters()
        var schedule = SegmentSchedule()
        try OrderedWork.run(
            threads: threads,
            next: {
                defer { schedule.startNext() }
                return try stream.nextBlock(minimumSize: schedule.size, cutsRecords: false)
            },
            makeWorker: {
                let worker = try StatisticsCounter(spec, rules, characters)
                return { try worker.count($0, illFormed) }
            },
            emit: { segment in
                merge(segment)
                try progress(report.bytes)
            })
    }

    private mutating func merge(_ segment: SegmentStatistics) {
        var found = segment.report
        for index in found.firstIllFormed.indices {
            found.firstIllFormed[index].record += report.records
        }
        report.add(found)
        scalars += segment.scalars
        graphemes += segment.graphemes
        emptyRecords += segment.emptyRecords
        unnormalizedRecords += segment.unnormalizedRecords
        recordLengths.add(segment.recordLengths)
        tokenLengths.add(segment.tokenLengths)
        for script in scriptCounts.indices { scriptCounts[script] += segment.scripts[script] }
        let before = types.count
        types.add(segment.types)
        report.typesSeen += UInt64(types.count - before)
        guard types.count > maximumTypes else { return }
        let (kept, dropped) = types.pruned(to: maximumTypes / 2)
        report.noteDropped(dropped, of: types)
        types = kept
    }
}
