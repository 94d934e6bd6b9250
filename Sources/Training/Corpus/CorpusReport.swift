/// What was read from a corpus, and everything in it that a user may not expect.
///
/// Nothing is changed or left out of training without standing here.
public struct CorpusReport: Codable, Equatable, Sendable {
    /// Files read.
    public internal(set) var sources = 0
    /// Bytes in them.
    public internal(set) var bytes = 0
    /// Lines, the empty and the overlong included.
    public internal(set) var lines = 0
    /// Byte order marks (UTF-8) removed from the start of files.
    public internal(set) var byteOrderMarks = 0
    /// Lines that ended in CR LF; the CR was removed.
    public internal(set) var carriageReturns = 0

    /// Lines with a CR inside, kept: one long line when a file has CR line ends alone.
    public internal(set) var innerCarriageReturns = CorpusFinding()
    /// Lines with ill-formed UTF-8, kept; the place is the first ill-formed byte of the line.
    public internal(set) var illFormedLines = CorpusFinding()
    /// Lines with NUL bytes, kept; the place is the first NUL of the line.
    public internal(set) var nulLines = CorpusFinding()
    /// Lines without a byte: no use for training.
    public internal(set) var emptyLines = CorpusFinding()
    /// Lines with more bytes than a record may have: never read into memory, left out.
    public internal(set) var overlongLines = CorpusFinding()

    /// What became of the records in a ``TokenCorpus``; nil where they were only read.
    public internal(set) var tokens: TokenReport?

    enum CodingKeys: String, CodingKey {
        case sources, bytes, lines, tokens
        case byteOrderMarks = "byte_order_marks"
        case carriageReturns = "carriage_returns"
        case innerCarriageReturns = "inner_carriage_returns"
        case illFormedLines = "ill_formed_lines"
        case nulLines = "nul_lines"
        case emptyLines = "empty_lines"
        case overlongLines = "overlong_lines"
    }

    /// Nothing read yet.
    public init() {}

    /// Lines that are neither empty nor overlong.
    public var records: Int { lines - emptyLines.count - overlongLines.count }
}

/// How records became token sequences.
public struct TokenReport: Codable, Equatable, Sendable {
    /// Sequences to train on.
    public internal(set) var trainingRecords = 0
    /// Token ids in them.
    public internal(set) var trainingTokens = 0
    /// Sequences held out.
    public internal(set) var heldOutRecords = 0
    /// Token ids in them.
    public internal(set) var heldOutTokens = 0
    /// Whether the held-out sequences are copies of training sequences, as none were to spare.
    public internal(set) var heldOutIsCopy = false
    /// Records with more tokens than the maximum length: left out.
    public internal(set) var tooLong = CorpusFinding()
    /// Records that have bytes but no tokens (white space at the whitespace level): left out.
    public internal(set) var withoutTokens = CorpusFinding()

    enum CodingKeys: String, CodingKey {
        case trainingRecords = "training_records"
        case trainingTokens = "training_tokens"
        case heldOutRecords = "held_out_records"
        case heldOutTokens = "held_out_tokens"
        case heldOutIsCopy = "held_out_is_copy"
        case tooLong = "too_long"
        case withoutTokens = "without_tokens"
    }
}
