import ArgumentParser
import DVAE
import Files
import Glibc
import TextCodec

/// Rows of codes for a model.
struct CodeInput: ParsableArguments {
    @OptionGroup var input: InputFiles

    @Option(
        help: ArgumentHelp(
            "Format of the codes: codes (D integers a line), jsonl ({\"codes\": […]} a line) or npy (Int32 [N, D]). (default: codes)",
            valueName: "format"),
        completion: .words(of: CodeFormat.self), transform: keyword)
    var format = CodeFormat.codes

    /// Calls `body` with consecutive rows and their ids, at most `count` at a time.
    ///
    /// - Throws: `UserError` naming line, position, value and range of a code that is none of the codec's.
    func forEachWindow(
        of count: Int, for codec: Codec, _ body: (Codes, [JSONValue?]) throws -> Void
    ) throws {
        var window = CodeWindow(codec)
        func add(_ row: [Int], _ place: String, _ id: JSONValue?) throws {
            try window.add(row, place: place, id: id)
            if window.ids.count >= count {
                try body(window.codes, window.ids)
                window = CodeWindow(codec)
            }
        }
        switch format {
        case .codes:
            try input.forEachLine { try add(Self.integers($0, $1), "\($1)", nil) }
        case .jsonl:
            try input.forEachLine { bytes, place in
                let object = try StrictJSON.parse(UnsafeRawBufferPointer(bytes), source: "\(place)")
                try add(Self.integers(object, place), "\(place)", object["id"])
            }
        case .npy:
            for path in input.paths { try Self.forEachRow(of: path) { try add($0, $1, nil) } }
        }
        if !window.ids.isEmpty { try body(window.codes, window.ids) }
    }

    private static func integers(
        _ line: UnsafeBufferPointer<UInt8>, _ place: Place
    ) throws -> [Int] {
        let words = line.split { $0 == 0x20 || $0 == 0x09 }
        return try words.enumerated().map { index, word in
            let text = String(decoding: word, as: UTF8.self)
            guard let value = Int(text) else {
                throw notInteger(place, index, "\"\(text.prefix(40))\"")
            }
            return value
        }
    }

    private static func integers(_ object: JSONValue, _ place: Place) throws -> [Int] {
        guard let values = object["codes"]?.array else {
            throw UserError.data("\(place), key codes: want an array of integers")
        }
        return try values.enumerated().map { index, value in
            guard let integer = value.int else { throw notInteger(place, index, value.kind) }
            return integer
        }
    }

    private static func notInteger(_ place: Place, _ index: Int, _ got: String) -> UserError {
        .data("\(place), code \(index + 1): got \(got), want an integer")
    }

    private static func forEachRow(
        of path: String, _ body: ([Int], String) throws -> Void
    ) throws {
        let file =
            path == "-"
            ? try NPYFile(bytes: try standardInput(), name: "standard input")
            : try NPYFile(path: path)
        let values = try file.values(of: Int32.self)
        guard file.shape.count == 2 else {
            throw UserError.data("\(file.path): an array of one axis, want [N, D]")
        }
        let width = file.shape[1]
        for row in 0..<file.shape[0] {
            try body(
                values[row * width..<(row + 1) * width].map(Int.init),
                "\(file.path), row \(row + 1)")
        }
    }

    private static func standardInput() throws -> [UInt8] {
        var (bytes, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
        while true {
            let count = read(STDIN_FILENO, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += chunk[..<count]
            } else if errno != EINTR {
                throw FilesError.system(action: "read", path: "standard input", code: errno)
            }
        }
    }
}

/// Rows of codes that were checked one by one.
private struct CodeWindow {
    var codes: Codes
    var ids: [JSONValue?] = []

    init(_ codec: Codec) {
        codes = Codes(
            latentCount: codec.latentCount, categoryCount: codec.categoryCount, rowCount: 0)
    }

    mutating func add(_ row: [Int], place: String, id: JSONValue?) throws {
        guard row.count == codes.latentCount else {
            throw UserError.data(
                "\(place): \(Figures.count(row.count, "code")), the model wants \(codes.latentCount)"
            )
        }
        for (latent, code) in row.enumerated() {
            guard code >= 0, code < codes.categoryCount else {
                throw UserError.data(
                    "\(place), code \(latent + 1): got \(code), allowed are 0 … "
                        + "\(codes.categoryCount - 1)")
            }
            codes.values.append(Int32(code))
        }
        ids.append(id)
    }
}
