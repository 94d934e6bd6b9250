import ArgumentParser
import Files
import Glibc

/// Where results go.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "File to write, whole or not at all (default: standard output).", valueName: "file"),
        completion: .file())
    var output: String?

    /// Hands `body` a buffered sink and sees to it that all is written.
    ///
    /// - Parameter isSeekable: whether `body` goes back to the start of the file, as `.npy` does to note the count.
    func write<Result>(
        isSeekable: Bool = false, _ body: (FileSink) throws -> Result
    ) throws -> Result {
        if let output, output != "-", Self.isRegularOrNew(output) {
            return try DurableFile.writeAtomically(output, body)
        }
        let sink =
            if let output, output != "-" {
                try FileSink(path: output)
            } else {
                FileSink(descriptor: STDOUT_FILENO, name: "standard output")
            }
        let result = isSeekable ? try Self.buffered(body, to: sink) : try body(sink)
        try sink.close()
        return result
    }

    /// Writes to standard output.
    static func print<Result>(_ body: (FileSink) throws -> Result) throws -> Result {
        let sink = FileSink(descriptor: STDOUT_FILENO, name: "standard output")
        let result = try body(sink)
        try sink.close()
        return result
    }

    /// A device or FIFO is written to and never replaced.
    private static func isRegularOrNew(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    }

    /// Through a nameless file on disk, so that memory does not grow with the output.
    private static func buffered<Result>(
        _ body: (FileSink) throws -> Result, to sink: FileSink
    ) throws -> Result {
        guard let file = tmpfile() else {
            throw FilesError.system(action: "create", path: "temporary file", code: errno)
        }
        defer { fclose(file) }
        let buffer = FileSink(descriptor: fileno(file), name: "temporary file")
        let result = try body(buffer)
        try buffer.flush()
        rewind(file)
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { break }
            try chunk.withUnsafeBytes { try sink.write(.init(rebasing: $0[..<count])) }
        }
        guard ferror(file) == 0 else {
            throw FilesError.system(action: "read", path: "temporary file", code: errno)
        }
        return result
    }
}

extension FileSink {
    /// Takes bytes and ends the line.
    ///
    /// - Returns: whether the bytes held a line feed, which is written as a space: a record is a line.
    @discardableResult
    func writeLine(_ bytes: [UInt8]) throws -> Bool {
        let isBroken = bytes.contains(0x0A)
        try write(isBroken ? bytes.map { $0 == 0x0A ? 0x20 : $0 } : bytes)
        try write([0x0A])
        return isBroken
    }

    /// Takes a text and ends the line.
    func writeLine(_ text: String) throws { try writeLine(Array(text.utf8)) }
}
