/// A place in the order of training data: the batch that comes next.
public struct Cursor: Codable, Equatable, Sendable {
    /// Number of the pass over the data, the first being 0.
    public var epoch: Int
    /// Number of the batch in the epoch, the first being 0.
    public var batch: Int

    /// A place; the beginning if nothing is said.
    public init(epoch: Int = 0, batch: Int = 0) {
        self.epoch = epoch
        self.batch = batch
    }
}
