import ArgumentParser
import Glibc
import Tokenize

/// Files of any length and how they fall into records.
struct StreamInput: ParsableArguments {
    @Argument(
        help: ArgumentHelp("Files to read; none or - is standard input.", valueName: "file"),
        completion: .file())
    var files: [String] = []

    @Option(
        help: ArgumentHelp(
            "What a record is: line, null (ends in a zero byte), whole (a file), or jsonl:field. (default: line)",
            valueName: "framing"),
        completion: .list(["line", "null", "whole", "jsonl:text"]), transform: framing)
    var record = RecordFraming.line

    @Option(
        help: ArgumentHelp(
            "Ill-formed UTF-8: keep, replace (by U+FFFD) or error. (default: keep)",
            valueName: "policy"),
        completion: .words(of: IllFormedPolicy.self), transform: keyword)
    var invalid = IllFormedPolicy.keep

    /// What is read, in order.
    var paths: [String] { files.isEmpty ? ["-"] : files }

    /// Opens the stream.
    func stream() -> RecordStream { RecordStream.opened(paths, record) }
}

extension RecordStream {
    /// A stream of files, none being standard input, and a word to a person who is to type it.
    static func opened(_ files: [String], _ framing: RecordFraming = .line) -> RecordStream {
        let paths = files.isEmpty ? ["-"] : files
        if paths.contains("-"), isatty(STDIN_FILENO) == 1 {
            StandardError.note("reading standard input; Ctrl-D ends it")
        }
        return RecordStream(paths: paths, framing: framing)
    }
}

/// Reads a framing as it is typed.
func framing(_ text: String) throws -> RecordFraming {
    if let framing = RecordFraming(text) { return framing }
    throw ValidationError("known are line, null, whole, jsonl and jsonl:field")
}
