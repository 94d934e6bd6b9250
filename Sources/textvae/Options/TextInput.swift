import ArgumentParser
import Files

/// A record of the input.
struct Record {
    var bytes: [UInt8]
    var place: Place
    /// What is passed through beside the result.
    var id: JSONValue?
}

/// How text is written down.
enum TextFormat: String, CaseIterable {
    /// The text of the line.
    case lines
    /// `{"text": …, "id": …}` a line.
    case jsonl
}

/// Records of text, from lines or JSON lines.
struct TextInput: ParsableArguments {
    @OptionGroup var input: InputFiles

    @Option(
        help: ArgumentHelp(
            "lines, or jsonl: {\"text\": …, \"id\": …} a line. (default: lines)",
            valueName: "format"),
        completion: .words(of: TextFormat.self), transform: keyword)
    var inputFormat = TextFormat.lines

    @Option(help: ArgumentHelp("The key of the text in jsonl.", valueName: "key"))
    var field = "text"

    /// Bytes of text a window may hold.
    private static let windowBytes = 1 << 25

    /// Calls `body` with consecutive records, at most `count` at a time.
    func forEachWindow(of count: Int, _ body: ([Record]) throws -> Void) throws {
        var window: [Record] = []
        var byteCount = 0
        try input.forEachLine { bytes, place in
            let record = try record(bytes, place)
            window.append(record)
            byteCount += record.bytes.count
            if window.count >= count || byteCount >= Self.windowBytes {
                try body(window)
                window.removeAll(keepingCapacity: true)
                byteCount = 0
            }
        }
        if !window.isEmpty { try body(window) }
    }

    private func record(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Place) throws -> Record {
        guard inputFormat == .jsonl else {
            return Record(bytes: Array(bytes), place: place, id: nil)
        }
        let object = try StrictJSON.parse(UnsafeRawBufferPointer(bytes), source: "\(place)")
        guard let text = object[field]?.string else {
            let got = object[field]?.kind ?? (object.object == nil ? object.kind : "nothing")
            throw UserError.data("\(place), key \(field): got \(got), want a string; see --field")
        }
        return Record(bytes: Array(text.utf8), place: place, id: object["id"])
    }
}
