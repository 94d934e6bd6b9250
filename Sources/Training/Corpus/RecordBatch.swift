/// Sequences read together, and where they stand in their store.
public struct RecordBatch: Equatable, Sendable {
    /// The record number of each sequence, 0 being the first of the store.
    public var records: [Int]
    /// The token ids; neither `<bos>` nor `<eos>` is among them.
    public var sequences: [[Int32]]
}
