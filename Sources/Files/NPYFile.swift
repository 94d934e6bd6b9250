/// A NumPy `.npy` file (version 1.0) of Int32 or Float values, C order, one or two axes.
///
/// The size is the product of the shape, checked, and the file ends with the last value. Pointers
/// handed out live as long as the object.
public final class NPYFile: Sendable {
    /// The file, as messages name it.
    public let path: String
    /// The size of each axis: `[rows]` or `[rows, columns]`.
    public let shape: [Int]
    /// NumPy's name of the element type: `<i4` or `<f4`.
    public let typeName: String

    private let image: FileImage
    private let dataStart: Int

    /// Opens and checks a regular file and maps it into memory.
    ///
    /// - Throws: ``FilesError`` naming the path and the byte at fault.
    public convenience init(path: String) throws {
        try self.init(image: FileImage(path: path))
    }

    /// Checks and holds the bytes of a file; `name` is what messages call it.
    ///
    /// - Throws: ``FilesError`` naming the byte at fault.
    public convenience init(bytes: [UInt8], name: String = "memory") throws {
        try self.init(image: FileImage(bytes: bytes, name: name))
    }

    private init(image: FileImage) throws {
        try image.checkSize()
        let (header, start) = try NPYHeader.read(image.bytes, path: image.path)
        let known = [Int32.npyName, Float.npyName]
        guard known.contains(header.descr) else {
            throw FilesError.malformed(
                path: image.path, offset: 10,
                reason: "values of type \(header.descr.quoted), wanted '<i4' or '<f4'")
        }
        guard 1...2 ~= header.shape.count else {
            throw FilesError.malformed(
                path: image.path, offset: 10, reason: "\(header.shape.count) axes, wanted 1 or 2")
        }
        // Both types have 4 bytes.
        guard let byteCount = SafeTensorsType.int32.byteCount(of: header.shape) else {
            throw FilesError.malformed(
                path: image.path, offset: 10, reason: "shape \(header.shape): its size overflows")
        }
        guard byteCount == image.bytes.count - start else {
            throw FilesError.malformed(
                path: image.path, offset: start,
                reason:
                    "\(image.bytes.count - start) bytes of data, shape \(header.shape) has \(byteCount)"
            )
        }
        self.image = image
        path = image.path
        shape = header.shape
        typeName = header.descr
        dataStart = start
    }

    /// The values in C order.
    ///
    /// - Throws: ``FilesError/mismatch(path:name:got:wanted:)`` where the file holds another type.
    public func values<Value: NPYElement>(
        of type: Value.Type = Value.self
    ) throws -> UnsafeBufferPointer<Value> {
        guard typeName == Value.npyName else {
            throw FilesError.mismatch(
                path: path, name: "", got: typeName, wanted: Value.npyName)
        }
        return try image.values(in: dataStart..<image.bytes.count)
    }
}
