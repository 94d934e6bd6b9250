import Glibc

/// Sole use of a folder, by a kernel lock on its file `.lock`.
///
/// The kernel frees the lock when the process ends, however it ends; the file stays and blocks nobody.
/// It names the holder: `<pid> <host>`.
public final class FileLock {
    private let path: String
    private var descriptor: Int32

    /// Takes the lock of a folder, or fails at once.
    ///
    /// - Throws: ``FilesError/locked(path:holder:)`` naming process and host of the holder.
    public init(directory: String) throws {
        try Path.check(directory)
        path = Path.join(directory, ".lock")
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
        guard descriptor >= 0 else {
            throw FilesError.system(action: "open", path: path, code: errno)
        }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            let holder = Self.holder(descriptor)
            close(descriptor)
            descriptor = -1
            guard code == EWOULDBLOCK else {
                throw FilesError.system(action: "lock", path: path, code: code)
            }
            throw FilesError.locked(path: directory, holder: holder)
        }
        let line = [UInt8]("\(getpid()) \(Self.hostName)\n".utf8)
        guard ftruncate(descriptor, 0) == 0,
            pwrite(descriptor, line, line.count, 0) == line.count
        else {
            let code = errno
            release()
            throw FilesError.system(action: "write", path: path, code: code)
        }
    }

    deinit {
        release()
    }

    /// Frees the lock; a second call does nothing.
    public func release() {
        guard descriptor >= 0 else { return }
        _ = ftruncate(descriptor, 0)
        // Closing is not enough: a child that is forked but not yet its own program holds the file open too.
        flock(descriptor, LOCK_UN)
        close(descriptor)
        descriptor = -1
    }

    private static var hostName: String {
        var status = utsname()
        guard uname(&status) == 0 else { return "unknown" }
        return withUnsafeBytes(of: &status.nodename) { name in
            String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// Who holds the lock, as far as the file tells; it is outside data.
    private static func holder(_ descriptor: Int32) -> String {
        var line = [UInt8](repeating: 0, count: 300)
        let count = pread(descriptor, &line, line.count, 0)
        let words = String(decoding: line.prefix(max(0, count)), as: UTF8.self)
            .split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let pid = Int32(words[0]) else { return "another process" }
        return "process \(pid) on host \(String(words[1]).quoted)"
    }
}
