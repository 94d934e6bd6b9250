import SeqModel

/// How records are read, held out and put into batches.
public struct DataConfig: Codable, Sendable, Equatable {
    /// The longest record, in bytes; longer ones are left out and counted.
    public var maximumRecordBytes = 65_536
    /// Most records held out for evaluation.
    public var heldOutLimit = 2000
    /// The share of records held out, up to the limit.
    public var heldOutShare = 0.05
    /// Batches' worth of shuffled records that are sorted by length at a time, so that a batch holds records of
    /// like length.
    public var windowBatches = 64

    /// The defaults.
    public init() {}

    /// What is wrong with the values: `key: got …, want …`, a line each.
    public var problems: [String] {
        Check.positive("maximum_record_bytes", maximumRecordBytes, atMost: 1 << 30)
            + Check.positive("held_out_limit", heldOutLimit, atMost: 100_000_000)
            + Check.range("held_out_share", heldOutShare, 0...0.5)
            + Check.positive("window_batches", windowBatches, atMost: 65_536)
    }
}
