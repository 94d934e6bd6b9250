/// Where a record stands: for messages, and to find its source again.
public struct RecordPosition: Equatable, Sendable {
    /// Index of the file in the reader's list.
    public var source: Int
    /// Number of the line in the file, the first being 1.
    public var line: Int
    /// Offset of the line's first byte in the file, a byte order mark included.
    public var byte: Int
}
