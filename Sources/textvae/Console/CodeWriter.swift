import DVAE
import Files

/// Writes rows of codes in one of the formats.
struct CodeWriter {
    private let sink: FileSink
    private let format: CodeFormat
    private let array: NPYWriter<Int32>?

    /// Begins the output.
    init(_ format: CodeFormat, latentCount: Int, to sink: FileSink) throws {
        self.sink = sink
        self.format = format
        array = format == .npy ? try NPYWriter(seekable: sink, columnCount: latentCount) : nil
    }

    /// Adds rows and what is passed through beside each.
    func write(_ codes: Codes, ids: [JSONValue?] = []) throws {
        if let array { return try array.append(codes.values) }
        var line: [UInt8] = []
        for row in 0..<codes.rowCount {
            switch format {
            case .jsonl:
                let values = JSONMember("codes", .array(codes[row].map { .int(Int($0)) }))
                let id = row < ids.count ? ids[row].map { JSONMember("id", $0) } : nil
                try sink.writeLine(
                    try StrictJSON.bytes(of: .object([id, values].compactMap { $0 })))
            case .codes, .npy:
                line.removeAll(keepingCapacity: true)
                for code in codes[row] {
                    if !line.isEmpty { line.append(0x20) }
                    line.append(decimal: Int(code))
                }
                try sink.writeLine(line)
            }
        }
        try sink.flush()
    }

    /// Completes the output.
    func finish() throws { try array?.finish() }
}
