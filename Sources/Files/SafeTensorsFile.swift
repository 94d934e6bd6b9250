/// Named tensors in a `.safetensors` file: a length, a JSON header, then raw little-endian data.
///
/// The reader enforces every rule of the reference implementation
/// (github.com/huggingface/safetensors, `tensor.rs`): the tensors cover the data without hole or
/// overlap, the file ends with the last of them, sizes are products checked for overflow; and further:
/// no duplicate keys, names of 1…1024 bytes without NUL, at most 32 axes. Nothing is allocated by a
/// size that the file merely claims. Pointers handed out live as long as the object.
public final class SafeTensorsFile: Sendable {
    /// One tensor's place in the file.
    public struct Entry: Equatable, Sendable {
        /// The tensor's name.
        public let name: String
        /// The element type.
        public let type: SafeTensorsType
        /// The size of each axis, slowest first; `[]` is one value.
        public let shape: [Int]
        /// The bytes in the file.
        public let byteRange: Range<Int>
    }

    /// What to do about the digest in the file when it is opened.
    public enum DigestPolicy: Sendable {
        /// The file must have one and it must match: for files of our own making.
        case required
        /// It must match if there is one: for files that others may have written.
        case ifPresent
        /// Leave it to ``SafeTensorsFile/verifyDigest()``.
        case ignored
    }

    /// The file, as messages name it.
    public let path: String
    /// The tensors in the order of their data.
    public let entries: [Entry]
    /// `__metadata__`, texts by key, in the order of the header.
    public let metadata: [(key: String, value: String)]

    let image: FileImage
    private let places: [ByteKey: Int]

    /// Opens and checks a regular file and maps it into memory.
    ///
    /// - Throws: ``FilesError`` naming the path and the byte, key or tensor at fault.
    public convenience init(path: String, digest: DigestPolicy = .ifPresent) throws {
        try self.init(image: FileImage(path: path), digest: digest)
    }

    /// Checks and holds the bytes of a file; `name` is what messages call it.
    ///
    /// - Throws: ``FilesError`` naming the byte, key or tensor at fault.
    public convenience init(
        bytes: [UInt8], name: String = "memory", digest: DigestPolicy = .ifPresent
    ) throws {
        try self.init(image: FileImage(bytes: bytes, name: name), digest: digest)
    }

    private init(image: FileImage, digest policy: DigestPolicy) throws {
        try image.checkSize()
        let header = try SafeTensorsHeader(image.bytes, path: image.path)
        self.image = image
        path = image.path
        entries = header.entries
        metadata = header.metadata
        places = Dictionary(
            uniqueKeysWithValues: header.entries.enumerated().map { (ByteKey($1.name), $0) })
        switch policy {
        case .required: try verifyDigest()
        case .ifPresent: if digest != nil { try verifyDigest() }
        case .ignored: break
        }
    }

    /// The text at a key of `__metadata__`.
    public func metadata(_ key: String) -> String? {
        metadata.first { $0.key.hasSameBytes(as: key) }?.value
    }

    /// The place, type and shape of a tensor.
    ///
    /// - Throws: ``FilesError/missingTensor(path:name:)``.
    public func entry(named name: String) throws -> Entry {
        guard let place = places[ByteKey(name)] else {
            throw FilesError.missingTensor(path: path, name: name)
        }
        return entries[place]
    }

    /// Checks that the file holds these tensors and no others, in any order.
    ///
    /// - Throws: ``FilesError`` naming the first tensor missing or not wanted.
    public func requireNames(_ names: [String]) throws {
        for name in names { _ = try entry(named: name) }
        let wanted = Set(names.map(ByteKey.init))
        if let extra = entries.first(where: { !wanted.contains(ByteKey($0.name)) }) {
            throw FilesError.mismatch(
                path: path, name: extra.name, got: "a tensor of this name", wanted: "none")
        }
    }
}
