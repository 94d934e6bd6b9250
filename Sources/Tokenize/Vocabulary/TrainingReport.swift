/// What a `VocabularyTrainer` has read, and what it had to let go.
public struct TrainingReport: Hashable, Sendable, Codable {
    /// Records added.
    public internal(set) var records: UInt64 = 0
    /// Bytes in them, before normalization.
    public internal(set) var bytes: UInt64 = 0
    /// Pieces counted: words, characters or fields.
    public internal(set) var occurrences: UInt64 = 0
    /// Types that entered the count, again if they had been pruned before.
    public internal(set) var typesSeen: UInt64 = 0
    /// Types removed because more than `maximumTypes` came together.
    public internal(set) var typesPruned: UInt64 = 0
    /// Occurrences those had.
    public internal(set) var occurrencesPruned: UInt64 = 0
    /// By how much the count of any type may be too low: 0 if nothing was pruned.
    public internal(set) var countErrorBound: UInt64 = 0
    /// Occurrences longer than a vocabulary entry may be (255 bytes), left to the fallback.
    public internal(set) var longOccurrences: UInt64 = 0
    /// Bytes of ill-formed UTF-8, which are kept but usually mean a wrong encoding.
    public internal(set) var illFormedBytes: UInt64 = 0
    /// Where the first few ill-formed bytes stand.
    public internal(set) var firstIllFormed: [Place] = []

    /// A byte in the training data.
    public struct Place: Hashable, Sendable, Codable {
        /// Number of the record, the first being 0.
        public var record: UInt64
        /// Offset of the byte in the record.
        public var byte: UInt64
    }

    /// How many places are kept in `firstIllFormed`.
    public static let maximumPlaces = 8

    /// Adds the sums of another and as many of its places as there is room for.
    mutating func add(_ other: TrainingReport) {
        records += other.records
        bytes += other.bytes
        occurrences += other.occurrences
        longOccurrences += other.longOccurrences
        illFormedBytes += other.illFormedBytes
        firstIllFormed += other.firstIllFormed.prefix(Self.maximumPlaces - firstIllFormed.count)
    }

    /// Notes types that were dropped, the most frequent first.
    mutating func noteDropped(_ dropped: some Collection<UInt32>, of types: TypeCounts) {
        typesPruned += UInt64(dropped.count)
        for type in dropped { occurrencesPruned += types.occurrences(of: Int(type)) }
        if let first = dropped.first { countErrorBound += types.occurrences(of: Int(first)) }
    }

    enum CodingKeys: String, CodingKey {
        case records, bytes, occurrences
        case typesSeen = "types_seen"
        case typesPruned = "types_pruned"
        case occurrencesPruned = "occurrences_pruned"
        case countErrorBound = "count_error_bound"
        case longOccurrences = "long_occurrences"
        case illFormedBytes = "ill_formed_bytes"
        case firstIllFormed = "first_ill_formed"
    }
}
