import Files
import Foundation

/// `metrics.jsonl`: one JSON object a line, written as it happens.
final class MetricsLog {
    private let path: String
    private let handle: FileHandle
    private let encoder = JSONEncoder()

    /// Bytes written so far.
    private(set) var length: Int

    /// Opens the log and cuts it after `length` bytes: what a checkpoint did not see is written again.
    init(path: String, keeping length: Int) throws {
        self.path = path
        if !FileManager.default.fileExists(atPath: path) { try DurableFile.write([], to: path) }
        guard let handle = FileHandle(forUpdatingAtPath: path) else {
            throw FilesError.system(action: "open", path: path, code: errno)
        }
        self.handle = handle
        let present = Int(try handle.seekToEnd())
        self.length = min(length, present)
        try handle.truncate(atOffset: UInt64(self.length))
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    }

    /// Adds a line: the fields of `value` and `event`.
    func write(_ event: String, step: Int, _ value: some Encodable) throws {
        var data = try encoder.encode(MetricsLine(event: event, step: step, value: value))
        data.append(0x0A)
        do {
            try handle.write(contentsOf: data)
        } catch {
            throw FilesError.system(action: "write", path: path, code: errno == 0 ? EIO : errno)
        }
        length += data.count
    }
}

/// A value's own fields, and beside them what happened when.
private struct MetricsLine<Value: Encodable>: Encodable {
    let event: String
    let step: Int
    let value: Value

    private enum Key: String, CodingKey { case event, step }

    func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(event, forKey: .event)
        try container.encode(step, forKey: .step)
    }
}
