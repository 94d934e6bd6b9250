import Glibc

/// A file of equal elements, open for reading at any place, from any thread.
final class StoreFile: Sendable {
    let path: String
    let elementSize: Int
    private let descriptor: Int32

    init(_ path: String, elementSize: Int, count: Int) throws {
        self.path = path
        self.elementSize = elementSize
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { throw Self.failure(path, "open") }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = Self.failure(path, "inspect")
            close(descriptor)
            throw error
        }
        let (wanted, overflow) = count.multipliedReportingOverflow(by: elementSize)
        guard status.st_mode & S_IFMT == S_IFREG, !overflow, Int(status.st_size) == wanted else {
            close(descriptor)
            throw TrainingError.damagedCache(
                path: path,
                reason: "it has \(status.st_size) bytes, \(count) × \(elementSize) are wanted")
        }
    }

    /// Takes over the descriptor of a file that is still growing; it has no name, or one for messages alone.
    init(descriptor: Int32, shownAs path: String, elementSize: Int) {
        (self.path, self.elementSize, self.descriptor) = (path, elementSize, descriptor)
    }

    deinit { close(descriptor) }

    /// Fills a buffer with elements.
    func read(from element: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let offset = element * elementSize + done
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset))
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure(path, "read")
            }
            guard count > 0 else {
                throw TrainingError.damagedCache(path: path, reason: "it ends at byte \(offset)")
            }
            done += count
        }
    }

    private static func failure(_ path: String, _ action: String) -> TrainingError {
        .unreadable(path: path, action: action, code: errno)
    }
}
