/// What the first bytes of a corpus file give away.
enum FileSignature: Equatable {
    /// Text, after this many bytes of byte order mark.
    case text(markLength: Int)
    /// Something else, and what to do about it.
    case foreign(reason: String, remedy: String)

    /// How many bytes it takes to tell; fewer if the file has no more.
    static let length = 10

    init(_ start: UnsafeRawBufferPointer) {
        if let format = Self.formats.first(where: { start.starts(with: $0.bytes) }) {
            self = .foreign(reason: format.reason, remedy: format.remedy)
        } else if start.starts(with: [0xEF, 0xBB, 0xBF]) {
            self = .text(markLength: 3)
        } else {
            self = .text(markLength: 0)
        }
    }

    private typealias Format = (bytes: [UInt8], reason: String, remedy: String)

    /// UTF-32 stands before UTF-16, whose little-endian mark it begins with.
    private static let formats: [Format] = [
        encoding("UTF-32LE", [0xFF, 0xFE, 0x00, 0x00]),
        encoding("UTF-32BE", [0x00, 0x00, 0xFE, 0xFF]),
        encoding("UTF-16LE", [0xFF, 0xFE]),
        encoding("UTF-16BE", [0xFE, 0xFF]),
        compression("gzip", [0x1F, 0x8B], "zcat"),
        compression("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xzcat"),
        compression("zstd", [0x28, 0xB5, 0x2F, 0xFD], "zstdcat"),
        compression(
            "bzip2", [0x42, 0x5A, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59], "bzcat"),
        ([0x50, 0x4B, 0x03, 0x04], "it is a zip archive", "unpack it with unzip"),
    ]

    private static func encoding(_ name: String, _ bytes: [UInt8]) -> Format {
        (bytes, "it is \(name), not UTF-8", "convert it with iconv -f \(name.prefix(6)) -t UTF-8")
    }

    private static func compression(_ name: String, _ bytes: [UInt8], _ tool: String) -> Format {
        (bytes, "it is compressed with \(name)", "unpack it, or pipe \(tool)'s output into '-'")
    }
}
