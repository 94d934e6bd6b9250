import ArgumentParser
import Glibc
import Training

/// Where a line of input stands.
struct Place: CustomStringConvertible {
    var source: String
    var line: Int

    var description: String { "\(source):\(line)" }
}

/// Files of lines, or standard input.
struct InputFiles: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Files to read, a record a line; none or - is standard input.", valueName: "file"),
        completion: .file())
    var files: [String] = []

    init() {}

    /// These files, whatever the command line says.
    init(paths: [String]) { files = paths }

    /// What is read, in order.
    var paths: [String] { files.isEmpty ? ["-"] : files }

    /// Calls `body` with every line, none left out, in order.
    ///
    /// - Throws: `UserError` naming a line too long to be a record, what the reader throws, or what `body` throws.
    func forEachLine(_ body: (UnsafeBufferPointer<UInt8>, Place) throws -> Void) throws {
        if paths.contains("-"), isatty(STDIN_FILENO) == 1 {
            StandardError.note("reading standard input; Ctrl-D ends it")
        }
        let reader = try RecordReader(paths: paths)
        var last = Place(source: "", line: 0)
        let report = try reader.forEachRecord { bytes, position in
            let name = paths[position.source]
            let place = Place(source: name == "-" ? "standard input" : name, line: position.line)
            let expected = place.source == last.source ? last.line + 1 : 1
            guard place.line == expected || place.line == 1 else {
                throw Self.overlong(
                    "\(Place(source: place.source, line: expected))", reader.maximumRecordBytes)
            }
            last = place
            try body(bytes, place)
        }
        if let first = report.overlongLines.firstPlaces.first {
            throw Self.overlong("\(first.path):\(first.line)", reader.maximumRecordBytes)
        }
    }

    private static func overlong(_ place: String, _ limit: Int) -> UserError {
        .data(
            "\(place): the line has more than \(Figures.grouped(limit)) bytes; is it text with a record a line? "
                + "split it")
    }
}
