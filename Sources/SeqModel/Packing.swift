import Tensors

/// How sequences of different lengths lie in one tensor without padding.
///
/// Sequences are sorted by decreasing length and stored time-major: the row of sequence b at time t is
/// `offsets[t] + b`. At time t the first `rows(at: t)` sequences are alive, so every time step is one block
/// of consecutive rows, and the sequences alive at t + 1 are a prefix of those alive at t.
public final class Packing: Sendable {
    /// The number of tokens of each sequence, decreasing, at least 1.
    public let lengths: [Int32]

    /// The first row of each time step.
    public let offsets: [Int32]

    /// The sequence of each row.
    public let sequenceOfRow: [Int32]

    /// A packing of sequences with these lengths, which must be positive and decreasing.
    public init(lengths: [Int]) {
        precondition(
            zip(lengths, lengths.dropFirst()).allSatisfy { $0 >= $1 } && (lengths.last ?? 1) >= 1,
            "a packing wants positive lengths in decreasing order")
        self.lengths = lengths.map { Int32($0) }
        var offsets: [Int32] = []
        var sequenceOfRow: [Int32] = []
        sequenceOfRow.reserveCapacity(lengths.reduce(0, +))
        var alive = lengths.count
        for time in 0..<(lengths.first ?? 0) {
            while alive > 0 && lengths[alive - 1] <= time { alive -= 1 }
            offsets.append(Int32(sequenceOfRow.count))
            sequenceOfRow.append(contentsOf: (0..<Int32(alive)))
        }
        self.offsets = offsets
        self.sequenceOfRow = sequenceOfRow
    }

    /// B, the number of sequences.
    public var batchSize: Int { lengths.count }

    /// N, the number of tokens of all sequences: the rows of a packed tensor.
    public var tokenCount: Int { sequenceOfRow.count }

    /// T, the length of the longest sequence.
    public var maximumLength: Int { offsets.count }

    /// The first row of time step `time`.
    public func offset(at time: Int) -> Int { Int(offsets[time]) }

    /// The number of sequences alive at `time`.
    public func rows(at time: Int) -> Int {
        (time + 1 < offsets.count ? Int(offsets[time + 1]) : tokenCount) - Int(offsets[time])
    }

    /// The row of sequence `sequence` at `time`.
    public func row(sequence: Int, time: Int) -> Int { Int(offsets[time]) + sequence }
}
