import Files

/// Writes records of text, one a line or one JSON object a line.
struct LineWriter {
    private let sink: FileSink
    private let format: TextFormat
    private var brokenCount = 0

    /// Begins the output.
    init(_ format: TextFormat = .lines, to sink: FileSink) {
        self.sink = sink
        self.format = format
    }

    /// Adds a record.
    mutating func write(_ bytes: [UInt8], id: JSONValue? = nil) throws {
        switch format {
        case .lines:
            if try sink.writeLine(bytes) { brokenCount += 1 }
        case .jsonl:
            let text = JSONMember("text", .string(String(decoding: bytes, as: UTF8.self)))
            let members = [id.map { JSONMember("id", $0) }, text].compactMap { $0 }
            try sink.writeLine(try StrictJSON.bytes(of: .object(members)))
        }
    }

    /// Hands over what was written.
    func flush() throws { try sink.flush() }

    /// Says how many records held line feeds, if any did.
    func tell() {
        guard brokenCount > 0 else { return }
        StandardError.note(
            "\(Figures.count(brokenCount, "text")) with line feeds: written as spaces; "
                + "--output-format jsonl keeps them where a verb has it")
    }
}
