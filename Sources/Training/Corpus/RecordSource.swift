import Glibc

/// A file of records, or standard input.
struct RecordSource: Equatable, Sendable {
    /// What stands for standard input in lists of paths.
    static let standardInput = "-"

    /// What messages call it.
    var name: String
    /// Where it is read; `-` is standard input.
    var path: String

    init(_ path: String) {
        self.path = path
        name = path == Self.standardInput ? "standard input" : path
    }

    init(name: String, path: String) {
        self.name = name
        self.path = path
    }

    /// Opens it and hands over the descriptor and whether it can be read a second time.
    /// - Throws: ``TrainingError`` for what is missing, forbidden, a folder or a device.
    func withDescriptor<Result>(
        _ body: (_ descriptor: Int32, _ isRepeatable: Bool) throws -> Result
    ) throws -> Result {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw TrainingError.unusableCorpus(
                path: path, reason: "no file has such a name", remedy: "give the path of a file")
        }
        if path == Self.standardInput { return try body(STDIN_FILENO, false) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw failure("open") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("inspect") }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            return try body(descriptor, true)
        case S_IFIFO:
            return try body(descriptor, false)
        case S_IFDIR:
            throw TrainingError.unusableCorpus(
                path: name, reason: "it is a folder", remedy: "name the files in it")
        default:
            throw TrainingError.unusableCorpus(
                path: name, reason: "it is a device", remedy: "give a file, or '-' to read a pipe")
        }
    }

    /// Reads up to as many bytes as fit, carried on when interrupted; 0 at the end.
    func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw failure("read") }
        }
    }

    private func failure(_ action: String) -> TrainingError {
        .unreadable(path: name, action: action, code: errno)
    }
}
