/// Writes a `.npy` file (version 1.0, C order) row by row, in memory that does not grow.
///
/// The bytes are those of `numpy.save`.
public final class NPYWriter<Element: NPYElement> {
    /// Rows taken so far.
    public private(set) var rowCount = 0

    private let sink: FileSink
    /// The size of the second axis, or nil for files of one axis.
    private let columnCount: Int?
    private let promisedRowCount: Int?

    /// Begins a file whose count of rows is not known: it is written into the header at the end.
    ///
    /// - Parameters:
    ///   - sink: A regular file of which nothing is written yet.
    ///   - columnCount: Values per row, or nil for a file of one axis.
    /// - Throws: ``FilesError`` for failed writes.
    public convenience init(seekable sink: FileSink, columnCount: Int?) throws {
        try self.init(sink, columnCount, promised: nil)
    }

    /// Begins a file of so many rows, for output that cannot be sought, such as a pipe.
    ///
    /// - Throws: ``FilesError`` for failed writes.
    public convenience init(_ sink: FileSink, rowCount: Int, columnCount: Int?) throws {
        try self.init(sink, columnCount, promised: rowCount)
    }

    private init(_ sink: FileSink, _ columnCount: Int?, promised: Int?) throws {
        guard sink.byteCount == 0, columnCount ?? 0 >= 0, promised ?? 0 >= 0 else {
            throw FilesError.unusable(
                path: sink.path, reason: "a .npy file starts at byte 0 and has sizes ≥ 0")
        }
        self.sink = sink
        self.columnCount = columnCount
        promisedRowCount = promised
        try sink.write(header(rowCount: promised ?? 0))
    }

    /// Adds whole rows: n · `columnCount` values.
    ///
    /// - Throws: ``FilesError`` for part of a row, a row too many, and failed writes.
    public func append(_ values: UnsafeBufferPointer<Element>) throws {
        let width = columnCount ?? 1
        let rows = width == 0 ? 0 : values.count / width
        guard rows * width == values.count else {
            throw FilesError.unusable(
                path: sink.path, reason: "got \(values.count) values, wanted rows of \(width)")
        }
        try addRows(rows)
        try sink.write(UnsafeRawBufferPointer(values))
    }

    /// Adds whole rows: n · `columnCount` values.
    public func append(_ values: [Element]) throws {
        try values.withUnsafeBufferPointer { try append($0) }
    }

    /// Completes the file; the sink is still to be closed.
    ///
    /// - Throws: ``FilesError`` where rows are missing, and for failed writes.
    public func finish() throws {
        if let promisedRowCount {
            guard rowCount == promisedRowCount else {
                throw FilesError.unusable(
                    path: sink.path,
                    reason: "got \(rowCount) rows, the header promised \(promisedRowCount)")
            }
            try sink.flush()
        } else {
            try sink.overwrite(at: 0, with: header(rowCount: rowCount))
        }
    }

    private func addRows(_ rows: Int) throws {
        let (sum, overflow) = rowCount.addingReportingOverflow(rows)
        guard !overflow, sum <= promisedRowCount ?? .max else {
            throw FilesError.unusable(
                path: sink.path,
                reason: "got more rows than the \(promisedRowCount ?? .max) promised")
        }
        rowCount = sum
    }

    private func header(rowCount: Int) -> [UInt8] {
        let shape = columnCount.map { [rowCount, $0] } ?? [rowCount]
        return NPYHeader(descr: Element.npyName, shape: shape).bytes
    }
}
