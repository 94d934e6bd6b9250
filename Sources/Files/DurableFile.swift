import Glibc

/// Files that are, after a crash or loss of power, wholly old or wholly new.
public enum DurableFile {
    /// Writes a file so that its path holds the old bytes or all the new ones, at every moment.
    ///
    /// A temporary file beside it is written, synchronised and renamed, and the folder synchronised.
    /// On any error the temporary file is removed and what stood at the path stays.
    ///
    /// - Parameters:
    ///   - path: The file; its folder must exist. A symbolic link is replaced, not followed.
    ///   - body: Writes the content; the sink must not be kept.
    /// - Returns: What `body` returns.
    /// - Throws: ``FilesError`` naming the path and the cause, or what `body` throws.
    @discardableResult
    public static func writeAtomically<Result>(
        _ path: String, _ body: (FileSink) throws -> Result
    ) throws -> Result {
        let target = try Path(path)
        while true {
            let name = TemporaryName.make(for: target.name, kind: .file)
            let temporary = Path.join(target.folder, name)
            _ = TemporaryName.active.withLock { $0.insert(name) }
            defer { _ = TemporaryName.active.withLock { $0.remove(name) } }

            let sink: FileSink
            do {
                sink = try FileSink(path: temporary, shownAs: path, flags: O_EXCL | O_NOFOLLOW)
            } catch FilesError.system(_, _, EEXIST) {
                continue  // Left by an earlier process of our id; not ours to delete here.
            }
            do {
                let result = try body(sink)
                try sink.synchronize()
                try sink.close()
                try FileSystem.rename(temporary, to: path)
                try FileSystem.synchronize(path: target.folder, isFolder: true)
                return result
            } catch {
                unlink(temporary)
                throw error
            }
        }
    }

    /// Writes bytes as ``writeAtomically(_:_:)`` does.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        try writeAtomically(path) { try $0.write(bytes) }
    }

    /// Reads a whole regular file of at most `maximumByteCount` bytes.
    ///
    /// - Throws: ``FilesError`` where it is larger, no regular file, or changes while being read.
    public static func read(_ path: String, maximumByteCount: Int) throws -> [UInt8] {
        let source = try FileSource(path: path)
        guard source.byteCount <= maximumByteCount else {
            throw FilesError.unusable(
                path: path,
                reason: "it has \(source.byteCount) bytes, at most \(maximumByteCount) are allowed")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.byteCount)
        try source.forEachChunk { bytes.append(contentsOf: $0) }
        return bytes
    }
}
