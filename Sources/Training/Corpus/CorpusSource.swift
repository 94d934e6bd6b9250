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
    /// Decides which records are held out.
    public var seed: UInt64

    /// Describes a corpus; nothing is read yet.
    public init(
        paths: [String], heldOutPaths: [String]? = nil, maximumLength: Int,
        maximumRecordBytes: Int = 1 << 20, seed: UInt64
    ) {
        self.paths = paths
        self.heldOutPaths = heldOutPaths
        self.maximumLength = maximumLength
        self.maximumRecordBytes = maximumRecordBytes
        self.seed = seed
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
