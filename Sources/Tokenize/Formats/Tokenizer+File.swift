import Files

extension Tokenizer {
    /// Reads a tokenizer file.
    /// - Throws: `TokenizeError` naming the file, the key and the byte.
    public convenience init(contentsOf path: String) throws {
        let source = try ByteSource(path)
        var json: [UInt8] = []
        while try source.append(to: &json) > 0 {}
        try self.init(json, path: path)
    }

    /// Reads the contents of a tokenizer file.
    /// - Throws: `TokenizeError` naming the key and the byte.
    public convenience init(json: [UInt8]) throws {
        try self.init(json, path: nil)
    }

    private convenience init(_ json: [UInt8], path: String?) throws {
        let contents = try TokenizerFile.read(json, path: path)
        do {
            try self.init(
                spec: contents.spec, vocabulary: contents.vocabulary,
                provenance: contents.provenance)
        } catch let error as TokenizeError {
            guard case .invalidRules = error else { throw error }
            throw TokenizeError.malformedFile(
                path: path, key: "spec.rules", byte: 0, reason: "\(error)")
        }
    }

    /// The contents of a tokenizer file: all that is needed to build this tokenizer again.
    ///
    /// Equal tokenizers give equal bytes, and so does one read back from them.
    public func json() -> [UInt8] { TokenizerFile.write(self) }

    /// Writes a tokenizer file, whole or not at all.
    /// - Throws: `FilesError` naming the path and the cause.
    public func write(to path: String) throws {
        try DurableFile.write(json(), to: path)
    }
}
