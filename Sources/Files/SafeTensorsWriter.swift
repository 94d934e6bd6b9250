/// Writes a `.safetensors` file: the same tensors in the same order always give the same bytes.
///
/// Tensors are streamed from where they stand. The header is padded with spaces so that the data begin
/// at a multiple of 8 bytes; add tensors of wide types first, so that all stand aligned.
public struct SafeTensorsWriter {
    private struct Tensor {
        let name: String
        let type: SafeTensorsType
        let shape: [Int]
        let byteCount: Int
        let withBytes: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    }

    private let metadata: [(key: String, value: String)]
    private let hasDigest: Bool
    private var tensors: [Tensor] = []

    /// Begins a file.
    ///
    /// - Parameters:
    ///   - metadata: Texts for `__metadata__`, written in this order.
    ///   - digest: Whether to embed ``SafeTensorsFile/digestKey``, so that the file verifies itself.
    public init(metadata: [(key: String, value: String)] = [], digest: Bool = true) {
        self.metadata = metadata
        hasDigest = digest
    }

    /// Adds a tensor whose values stand in memory; the pointer must be valid until written.
    ///
    /// - Throws: ``FilesError/mismatch(path:name:got:wanted:)`` where bytes and shape disagree, or
    ///   the name is empty, longer than 1024 bytes, holds NUL or is `__metadata__`.
    public mutating func add(
        _ name: String, type: SafeTensorsType, shape: [Int], bytes: UnsafeRawBufferPointer
    ) throws {
        try add(name, type, shape, byteCount: bytes.count) { try $0(bytes) }
    }

    /// Adds an F32 tensor whose values stand in memory; the pointer must be valid until written.
    public mutating func add(
        _ name: String, shape: [Int], _ values: UnsafeBufferPointer<Float>
    ) throws {
        try add(name, type: .float32, shape: shape, bytes: UnsafeRawBufferPointer(values))
    }

    /// Adds an F32 tensor.
    public mutating func add(_ name: String, shape: [Int], _ values: [Float]) throws {
        try add(name, .float32, shape, byteCount: 4 * values.count) { body in
            try values.withUnsafeBytes { try body($0) }
        }
    }

    /// Adds an F64 tensor.
    public mutating func add(_ name: String, shape: [Int], _ values: [Double]) throws {
        try add(name, .float64, shape, byteCount: 8 * values.count) { body in
            try values.withUnsafeBytes { try body($0) }
        }
    }

    /// Adds an I32 tensor.
    public mutating func add(_ name: String, shape: [Int], _ values: [Int32]) throws {
        try add(name, .int32, shape, byteCount: 4 * values.count) { body in
            try values.withUnsafeBytes { try body($0) }
        }
    }

    /// Adds an I64 tensor.
    public mutating func add(_ name: String, shape: [Int], _ values: [Int64]) throws {
        try add(name, .int64, shape, byteCount: 8 * values.count) { body in
            try values.withUnsafeBytes { try body($0) }
        }
    }

    private mutating func add(
        _ name: String, _ type: SafeTensorsType, _ shape: [Int], byteCount: Int,
        _ withBytes: @escaping ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        guard 1...SafeTensorsHeader.maximumNameByteCount ~= name.utf8.count,
            !name.utf8.contains(0), name != SafeTensorsHeader.metadataKey
        else {
            throw FilesError.mismatch(
                path: "tensors to write", name: name, got: "this name",
                wanted: "1…1024 bytes without NUL, not __metadata__")
        }
        guard shape.count <= SafeTensorsHeader.maximumRank,
            type.byteCount(of: shape) == byteCount
        else {
            throw FilesError.mismatch(
                path: "tensors to write", name: name, got: "\(byteCount) bytes",
                wanted: "those of \(type.rawValue) \(shape)")
        }
        tensors.append(
            Tensor(
                name: name, type: type, shape: shape, byteCount: byteCount, withBytes: withBytes))
    }

    /// Writes the file atomically and durably; see ``DurableFile/writeAtomically(_:_:)``.
    public func write(to path: String) throws {
        try DurableFile.writeAtomically(path) { try write(to: $0) }
    }

    /// Writes the file to a sink that need not be seekable.
    ///
    /// - Throws: ``FilesError`` for two tensors of one name and for failed writes.
    public func write(to sink: FileSink) throws {
        var header = try header()
        if hasDigest {
            // The values stand in memory: a pass to hash them costs less than seeking back would.
            let digest = Digest()
            digest.update(header)
            for tensor in tensors { try tensor.withBytes { digest.update($0) } }
            let start = SafeTensorsFile.digestOffset
            header.replaceSubrange(
                start..<start + SafeTensorsFile.digestDigitCount, with: digest.hex.utf8)
        }
        try sink.write(header)
        for tensor in tensors { try tensor.withBytes { try sink.write($0) } }
    }

    /// The length and the padded header; the digits of the digest are '0'.
    private func header() throws -> [UInt8] {
        var texts = metadata.map { JSONMember($0.key, .string($0.value)) }
        if hasDigest {
            let zeros = String(repeating: "0", count: SafeTensorsFile.digestDigitCount)
            texts.insert(JSONMember(SafeTensorsFile.digestKey, .string(zeros)), at: 0)
        }
        var members: [JSONMember] = []
        if !texts.isEmpty {
            members.append(JSONMember(SafeTensorsHeader.metadataKey, .object(texts)))
        }
        var offset = 0
        for tensor in tensors {
            let (end, overflow) = offset.addingReportingOverflow(tensor.byteCount)
            precondition(!overflow, "tensors in memory cannot add up to 2⁶³ bytes")
            members.append(
                JSONMember(
                    tensor.name,
                    [
                        "dtype": .string(tensor.type.rawValue),
                        "shape": .array(tensor.shape.map(JSONValue.int)),
                        "data_offsets": [.int(offset), .int(end)],
                    ]))
            offset = end
        }
        var json = try StrictJSON.bytes(of: .object(members))
        while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
        guard json.count <= SafeTensorsHeader.maximumByteCount else {
            throw FilesError.unwritable(
                key: "", reason: "a header of \(json.count) bytes, at most 100000000 are allowed")
        }
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { [UInt8]($0) } + json
    }
}
