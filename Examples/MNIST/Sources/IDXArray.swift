/// An array of bytes in the IDX format: 0, 0, 8, the number of axes, their lengths as big-endian UInt32, the elements.
struct IDXArray: Equatable {
    let shape: [Int]
    let bytes: [UInt8]

    /// More than any of the four files has.
    private static let maximumCount = 1 << 28

    /// Reads a file, packed by gzip or not.
    ///
    /// - Throws: ``MNISTError`` naming the file and the byte.
    init(path: String) throws {
        let reader = try GzipReader(path: path)
        let head = try reader.read(4)
        guard head[0] == 0, head[1] == 0, head[2] == 8, 1...4 ~= head[3] else {
            throw MNISTError.malformed(
                path: path, offset: 0,
                reason: "got \(head), want 0, 0, 8 and 1 … 4 axes, the head of an IDX file of bytes"
            )
        }
        var (shape, count) = ([Int](), 1)
        for axis in 1...head[3] {
            let length = try reader.read(4).reduce(0) { $0 << 8 | Int($1) }
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow, product <= Self.maximumCount else {
                throw MNISTError.malformed(
                    path: path, offset: 4 * Int(axis),
                    reason:
                        "axis \(axis) is \(length) long, too much for \(Self.maximumCount) bytes"
                )
            }
            count = product
            shape.append(length)
        }
        bytes = try reader.read(count)
        try reader.expectEnd()
        self.shape = shape
    }
}
