import Tokenize

/// Which records to train on, and which to hold out.
public struct CorpusSource: Equatable, Sendable {
    /// Files of records, one a line; `-` is standard input.
    public var paths: [String]
    /// Files of records to hold out; nil to hold out some of `paths` (``HeldOutSplit``).
    public var heldOutPaths: [String]?
    /// Most tokens a sequence may have; longer ones are left out and counted.
    public var maximumLength: Int
    /// Most bytes a line may have; longer ones are left out and counted.
    public var maximumRecordBytes: Int
    /// The part of the records to hold out, 0 … 0.5; of no effect with `heldOutPaths`.
    public var heldOutShare: Double
    /// Most records to hold out in expectation; and most that are copied if none can be spared.
    public var heldOutLimit: Int
    /// Decides which records are held out.
    public var seed: UInt64

    /// Describes a corpus; nothing is read yet.
    public init(
        paths: [String], heldOutPaths: [String]? = nil, maximumLength: Int,
        maximumRecordBytes: Int = 1 << 20, heldOutShare: Double = 0.05, heldOutLimit: Int = 2_000,
        seed: UInt64
    ) {
        self.paths = paths
        self.heldOutPaths = heldOutPaths
        self.maximumLength = maximumLength
        self.maximumRecordBytes = maximumRecordBytes
        self.heldOutShare = heldOutShare
        self.heldOutLimit = heldOutLimit
        self.seed = seed
    }

    /// Checks the settings that no type bounds; ``RecordReader`` checks its own.
    func check() throws {
        guard (1...1 << 24).contains(maximumLength) else {
            throw TrainingError.setting(
                key: "maximum_length", got: "\(maximumLength)", wanted: "1 … 2^24")
        }
        guard (0...0.5).contains(heldOutShare) else {
            throw TrainingError.setting(
                key: "held_out_share", got: "\(heldOutShare)", wanted: "0 … 0.5")
        }
        guard heldOutLimit >= 1 else {
            throw TrainingError.setting(
                key: "held_out_limit", got: "\(heldOutLimit)", wanted: "at least 1")
        }
    }
}

/// Where a corpus gets its tokenizer.
public enum TokenizerSource: Sendable {
    /// This one.
    case given(Tokenizer)
    /// Learned from the records to train on, never from those held out; `minimumFrequency` and
    /// `maximumSize` are those of `VocabularyTrainer`.
    case learned(TokenizerSpec, minimumFrequency: UInt64? = nil, maximumSize: Int = 32_768)
}
