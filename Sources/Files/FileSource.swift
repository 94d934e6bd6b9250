import Glibc

/// A regular file open for reading, its size taken once.
///
/// Folders, FIFOs, sockets and devices are refused before a byte is read, and opening never waits.
final class FileSource {
    let path: String
    let descriptor: Int32
    /// Bytes when opened.
    let byteCount: Int

    init(path: String) throws {
        try Path.check(path)
        // O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw FilesError.system(action: "open", path: path, code: errno)
        }
        self.path = path
        self.descriptor = descriptor
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw FilesError.system(action: "inspect", path: path, code: code)
        }
        guard let reason = Self.objection(to: status.st_mode) else {
            byteCount = Int(status.st_size)
            return
        }
        close(descriptor)
        throw FilesError.unusable(path: path, reason: reason)
    }

    deinit {
        close(descriptor)
    }

    /// - Throws: ``FilesError/damaged(path:reason:)`` where the size is no longer what it was.
    func checkSize() throws {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw FilesError.system(action: "inspect", path: path, code: errno)
        }
        guard Int(status.st_size) == byteCount else {
            throw FilesError.damaged(
                path: path,
                reason: "it changed from \(byteCount) to \(status.st_size) bytes while in use")
        }
    }

    /// Hands the file to `body` in pieces of at most 1 MB.
    ///
    /// - Throws: ``FilesError/damaged(path:reason:)`` where it ends early or goes on.
    func forEachChunk(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        // A byte more than the file has, so that a file that grew is noticed.
        let chunk = UnsafeMutableRawBufferPointer.allocate(
            byteCount: min(byteCount, 1 << 20 - 1) + 1, alignment: 64)
        defer { chunk.deallocate() }
        var done = 0
        while true {
            let count = read(descriptor, chunk.baseAddress, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw FilesError.system(action: "read", path: path, code: errno)
            }
            done += count
            guard count > 0, done <= byteCount else { break }
            try body(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        }
        guard done == byteCount else {
            throw FilesError.damaged(
                path: path, reason: "it had \(byteCount) bytes when opened, then \(done)")
        }
    }

    private static func objection(to mode: mode_t) -> String? {
        switch mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: "it is a folder, not a file"
        case S_IFIFO: "it is a FIFO, not a regular file"
        case S_IFCHR, S_IFBLK: "it is a device, not a regular file"
        case S_IFSOCK: "it is a socket, not a regular file"
        default: "it is not a regular file"
        }
    }
}
