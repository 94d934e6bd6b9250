import Glibc

extension DurableDirectory {
    /// The file that says what a published folder holds.
    public static let manifestName = "manifest.json"

    /// One line of a manifest.
    public struct ManifestEntry: Equatable, Sendable {
        /// The file's name in the folder.
        public let name: String
        /// Its size in bytes.
        public let byteCount: Int
        /// Its XXH3-128 digest, 32 hexadecimal digits.
        public let digest: String
    }

    /// Checks that every file named in a folder's manifest is there, of its size and digest.
    ///
    /// Files that are not named are left alone; readers should open only those returned.
    ///
    /// - Returns: The entries, sorted by name.
    /// - Throws: ``FilesError`` naming the first file that differs, or the manifest.
    @discardableResult
    public static func verifyManifest(_ folder: String) throws -> [ManifestEntry] {
        let entries = try readManifest(folder)
        for entry in entries {
            let path = Path.join(folder, entry.name)
            let found = try Digest.ofFile(path)
            guard found.byteCount == entry.byteCount else {
                throw FilesError.damaged(
                    path: path,
                    reason: "it has \(found.byteCount) bytes, its manifest says \(entry.byteCount)")
            }
            guard found.hex == entry.digest else {
                throw FilesError.damaged(
                    path: path,
                    reason: "its digest is \(found.hex), its manifest says \(entry.digest)")
            }
        }
        return entries
    }

    /// Synchronises the files of a folder and writes the manifest.
    static func writeManifest(_ folder: String) throws {
        let entries = try FileSystem.names(in: folder).map { name in
            let path = Path.join(folder, name)
            guard let status = FileSystem.status(of: path), status.st_mode & S_IFMT == S_IFREG,
                name != manifestName
            else {
                throw FilesError.unusable(
                    path: path,
                    reason: "only regular files other than \(manifestName) may stand here")
            }
            try FileSystem.synchronize(path: path, isFolder: false)
            let found = try Digest.ofFile(path)
            return ManifestEntry(name: name, byteCount: found.byteCount, digest: found.hex)
        }
        let path = Path.join(folder, manifestName)
        let sink = try FileSink(path: path, shownAs: path, flags: O_EXCL | O_NOFOLLOW)
        try sink.write(bytes(of: entries))
        try sink.synchronize()
        try sink.close()
    }

    /// Reads a manifest and holds it to the very bytes that ``publish(_:in:_:)`` writes.
    private static func readManifest(_ folder: String) throws -> [ManifestEntry] {
        let path = Path.join(folder, manifestName)
        let content = try DurableFile.read(path, maximumByteCount: 1 << 24)
        let root = try StrictJSON.parse(content, source: path)
        guard let format = root["format"]?.int else {
            throw FilesError.damaged(path: path, reason: "'format' is missing or no number")
        }
        guard format == 1 else {
            throw FilesError.damaged(path: path, reason: "format \(format) is unknown, wanted 1")
        }
        let entries = try (root["files"]?.array ?? []).map { value in
            guard let name = value["name"]?.string, Path.isPlainName(name), name != manifestName,
                let byteCount = value["size"]?.int, let digest = value["digest"]?.string
            else {
                throw FilesError.damaged(
                    path: path, reason: "an entry of 'files' is not {name, size, digest}")
            }
            return ManifestEntry(name: name, byteCount: byteCount, digest: digest)
        }
        guard try bytes(of: entries) == content else {
            throw FilesError.damaged(path: path, reason: "it is not as it was written")
        }
        return entries
    }

    private static func bytes(of entries: [ManifestEntry]) throws -> [UInt8] {
        try StrictJSON.bytes(
            of: [
                "format": 1,
                "files": .array(
                    entries.map {
                        [
                            "name": .string($0.name), "size": .int($0.byteCount),
                            "digest": .string($0.digest),
                        ]
                    }),
            ], indented: true)
    }
}
