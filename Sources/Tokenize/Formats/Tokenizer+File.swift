#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Tokenizer {
    /// Reads a tokenizer file.
    /// - Throws: `TokenizeError` naming the file, the key and the byte.
    public convenience init(contentsOf path: String) throws {
        let json = try File.contents(of: path)
        let contents = try TokenizerFile.read(json, path: path)
        try self.init(
            spec: contents.spec, vocabulary: contents.vocabulary, provenance: contents.provenance)
    }

    /// Reads the contents of a tokenizer file.
    /// - Throws: `TokenizeError` naming the key and the byte.
    public convenience init(json: [UInt8]) throws {
        let contents = try TokenizerFile.read(json, path: nil)
        try self.init(
            spec: contents.spec, vocabulary: contents.vocabulary, provenance: contents.provenance)
    }

    /// The contents of a tokenizer file: all that is needed to build this tokenizer again.
    ///
    /// Equal tokenizers give equal bytes, and so does one read back from them.
    public func json() -> [UInt8] { TokenizerFile.write(self) }

    /// Writes a tokenizer file, whole or not at all.
    public func write(to path: String) throws {
        try File.replace(path, with: json())
    }
}

/// Whole files by system calls; Foundation would triple the start-up time.
private enum File {
    static func contents(of path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, "open") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = buffer.withUnsafeMutableBytes { chunk in
                retrying { read(descriptor, chunk.baseAddress, chunk.count) }
            }
            guard count >= 0 else { throw failure(path, "read") }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Writes beside the target and renames, so that a reader sees the old file or the new one.
    static func replace(_ path: String, with bytes: [UInt8]) throws {
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path, "create") }
        var isWritten = true
        bytes.withUnsafeBytes { rest in
            var offset = 0
            while offset < rest.count, isWritten {
                let chunk = UnsafeRawBufferPointer(rebasing: rest[offset...])
                let count = retrying { write(descriptor, chunk.baseAddress, chunk.count) }
                if count <= 0 { isWritten = false } else { offset += count }
            }
        }
        isWritten = isWritten && fsync(descriptor) == 0
        var fault = errno
        if close(descriptor) != 0, isWritten { (isWritten, fault) = (false, errno) }
        if isWritten, rename(temporary, path) != 0 { (isWritten, fault) = (false, errno) }
        if !isWritten {
            unlink(temporary)
            throw failure(path, "write", fault)
        }
    }

    private static func retrying(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    private static func failure(
        _ path: String, _ operation: String, _ fault: Int32 = errno
    ) -> TokenizeError {
        .fileAccess(path: path, operation: operation, reason: String(cString: strerror(fault)))
    }
}
