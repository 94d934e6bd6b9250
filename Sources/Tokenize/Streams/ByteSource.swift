import Glibc

/// A file, a FIFO or standard input, read from start to end.
final class ByteSource {
    let path: String
    private let descriptor: Int32
    /// A pipe holds no more, and larger reads of files gain nothing.
    static let readSize = 1 << 18
    private let buffer: UnsafeMutableRawBufferPointer

    init(_ path: String, readSize: Int = readSize) throws {
        self.path = path
        buffer = .allocate(byteCount: readSize, alignment: 64)
        guard path != "-" else {
            descriptor = STDIN_FILENO
            return
        }
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw TokenizeError.fileAccess(
                path: path, operation: "open", reason: "it is no file name")
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            throw TokenizeError.fileAccess(
                path: path, operation: "open", reason: String(cString: strerror(errno)))
        }
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw TokenizeError.fileAccess(
                path: path, operation: "open", reason: "it is a folder, not a file")
        }
    }

    deinit {
        buffer.deallocate()
        if path != "-" { close(descriptor) }
    }

    /// Reads on; 0 bytes at the end of the file.
    func append(to bytes: inout [UInt8]) throws -> Int {
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 {
                bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                return count
            }
            if errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                _ = poll(&waiting, 1, -1)
            } else if errno != EINTR {
                throw TokenizeError.fileAccess(
                    path: path == "-" ? "standard input" : path, operation: "read",
                    reason: String(cString: strerror(errno)))
            }
        }
    }

    /// Whether a read would not wait.
    var isReady: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) != 0
    }
}
