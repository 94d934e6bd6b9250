import Glibc

/// A file open for writing, through a buffer of 64 KB.
///
/// Interrupted and short writes are carried on. Nothing counts as written before ``flush()`` or
/// ``close()`` returns: dropping a sink drops what stands in its buffer.
public final class FileSink {
    /// What messages call the file.
    public let path: String
    /// Bytes taken so far.
    public private(set) var byteCount = 0

    private var descriptor: Int32
    private let isOwned: Bool
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
    private var filled = 0

    /// Opens a file for writing; what it held is gone.
    ///
    /// For files that must survive a crash take ``DurableFile/writeAtomically(_:_:)``.
    ///
    /// - Throws: ``FilesError`` naming the path and the cause.
    public convenience init(path: String) throws {
        try self.init(path: path, shownAs: path, flags: O_TRUNC)
    }

    /// Writes to a descriptor that stays the caller's, such as standard output.
    public init(descriptor: Int32, name: String) {
        self.path = name
        self.descriptor = descriptor
        isOwned = false
    }

    init(path: String, shownAs name: String, flags: Int32) throws {
        try Path.check(path)
        self.path = name
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o666)
        isOwned = true
        guard descriptor >= 0 else {
            throw FilesError.system(action: "create", path: name, code: errno)
        }
    }

    deinit {
        if isOwned && descriptor >= 0 { _ = Glibc.close(descriptor) }
        buffer.deallocate()
    }

    /// Takes bytes.
    ///
    /// - Throws: ``FilesError`` naming the path and the cause, such as a full disk.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        byteCount += bytes.count
        if bytes.count > buffer.count - filled { try flush() }
        if bytes.count >= buffer.count { return try writeThrough(bytes) }
        UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]).copyMemory(from: bytes)
        filled += bytes.count
    }

    /// Takes bytes.
    public func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    /// Takes a text as UTF-8.
    public func write(_ text: String) throws {
        var text = text
        try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
    }

    /// Hands the buffer to the system.
    public func flush() throws {
        let count = filled
        filled = 0
        try writeThrough(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }

    /// Writes over bytes that were written before; the file must be a regular one.
    func overwrite(at offset: Int, with bytes: [UInt8]) throws {
        try flush()
        try bytes.withUnsafeBytes { raw in
            var done = 0
            while done < raw.count {
                let rest = UnsafeRawBufferPointer(rebasing: raw[done...])
                let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
                if count < 0 {
                    if errno == EINTR { continue }
                    throw FilesError.system(action: "write", path: path, code: errno)
                }
                done += count
            }
        }
    }

    /// Hands everything to the disk.
    public func synchronize() throws {
        try flush()
        try FileSystem.synchronize(descriptor, path: path)
    }

    /// Writes out the buffer and closes the file; a second call does nothing.
    public func close() throws {
        guard descriptor >= 0 else { return }
        try flush()
        let closing = descriptor
        descriptor = -1
        guard isOwned, Glibc.close(closing) != 0, errno != EINTR else { return }
        throw FilesError.system(action: "close", path: path, code: errno)
    }

    private func writeThrough(_ bytes: UnsafeRawBufferPointer) throws {
        guard descriptor >= 0 || bytes.isEmpty else {
            throw FilesError.system(action: "write", path: path, code: EBADF)
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest)
            let count = Glibc.write(descriptor, piece.baseAddress, piece.count)
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0 && errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, -1)
            } else if count == 0 || errno != EINTR {
                throw FilesError.system(
                    action: "write", path: path, code: count == 0 ? EIO : errno)
            }
        }
    }
}
