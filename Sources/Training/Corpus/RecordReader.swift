/// Streams the records of files, one line each, as the bytes that stand there.
///
/// LF ends a record, and so does the end of a file; an empty file has none. One CR before the LF and
/// a UTF-8 byte order mark are removed. Nothing else is touched: ill-formed UTF-8 and NUL bytes are
/// delivered and reported. Memory is 1 MB and one record, however long the files and their lines.
public struct RecordReader: Sendable {
    /// The files, in order.
    let sources: [RecordSource]
    /// Most bytes of a record, line end not counted; longer lines are counted and left out.
    public let maximumRecordBytes: Int

    /// How much is read at a time.
    static let chunkSize = 1 << 20

    /// Prepares to read; no file is opened yet.
    /// - Parameters:
    ///   - paths: files, `-` being standard input.
    ///   - maximumRecordBytes: 1 … 2³⁰.
    /// - Throws: ``TrainingError/setting(key:got:wanted:)``.
    public init(paths: [String], maximumRecordBytes: Int = 1 << 20) throws {
        try self.init(
            sources: paths.map { RecordSource($0) }, maximumRecordBytes: maximumRecordBytes)
    }

    init(sources: [RecordSource], maximumRecordBytes: Int) throws {
        guard (1...1 << 30).contains(maximumRecordBytes) else {
            throw TrainingError.setting(
                key: "maximum_record_bytes", got: "\(maximumRecordBytes)", wanted: "1 … 2^30")
        }
        self.sources = sources
        self.maximumRecordBytes = maximumRecordBytes
    }

    /// Reads all files and calls `body` with each record, the empty included.
    ///
    /// - Parameter body: gets bytes that are valid during the call only.
    /// - Returns: What was read and found.
    /// - Throws: ``TrainingError`` naming a file that cannot be read or is no text, or what `body`
    ///   throws.
    @discardableResult
    public func forEachRecord(
        _ body: (UnsafeBufferPointer<UInt8>, RecordPosition) throws -> Void
    ) throws -> CorpusReport {
        var report = CorpusReport()
        // A record, its CR LF, and room to read on.
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: maximumRecordBytes + 2 + Self.chunkSize, alignment: 64)
        defer { buffer.deallocate() }
        for (index, source) in sources.enumerated() {
            var scan = RecordScan(
                source: source, index: index, maximumRecordBytes: maximumRecordBytes,
                buffer: buffer)
            try source.withDescriptor { descriptor, _ in
                try scan.run(descriptor, &report, body)
            }
        }
        return report
    }
}
