import Foundation
import Testing

@testable import Tokenize

/// The files of the Unicode Character Database that Debian installs as `unicode-data`.
enum UnicodeData {
    #if os(Linux)
        static let isExpected = true
    #else
        static let isExpected = false
    #endif

    private struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// The bytes of a file, unpacked if need be.
    static func contents(_ name: String) throws -> [UInt8] {
        let path = "/usr/share/unicode/\(name)"
        if let data = FileManager.default.contents(atPath: path) { return Array(data) }
        guard FileManager.default.fileExists(atPath: path + ".bz2") else {
            throw Missing(
                description: "\(path) is missing: `make setup` installs the package unicode-data")
        }
        let unpacker = Process()
        unpacker.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        unpacker.arguments = ["bzip2", "-dc", path + ".bz2"]
        let pipe = Pipe()
        unpacker.standardOutput = pipe
        try unpacker.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        unpacker.waitUntilExit()
        guard unpacker.terminationStatus == 0 else {
            throw Missing(description: "\(path).bz2: bzip2 cannot unpack it")
        }
        return Array(data)
    }

    /// Some scalars of every value of a property, in the order of the file.
    ///
    /// A line is "0041..005A ; ALetter # comment".
    static func scalars(ofEachClassIn name: String, atMost most: Int = 6) throws -> [[Unicode
        .Scalar]]
    {
        var order: [Substring] = []
        var classes: [Substring: [Unicode.Scalar]] = [:]
        let text = String(decoding: try contents(name), as: UTF8.self)
        for line in text.split(separator: "\n") {
            let fields = line.prefix { $0 != "#" }.split(separator: ";")
            guard fields.count == 2 else { continue }
            let ends = fields[0].filter { $0 != " " }.split(separator: ".")
            guard let first = ends.first.flatMap({ UInt32($0, radix: 16) }),
                let last = ends.last.flatMap({ UInt32($0, radix: 16) })
            else { continue }
            let value = fields[1].drop { $0 == " " }.prefix { $0 != " " }
            if classes[value] == nil { order.append(value) }
            for code in [first, first + (last - first) / 2, last] {
                guard let scalar = Unicode.Scalar(code) else { continue }
                if classes[value, default: []].count < most {
                    classes[value, default: []].append(scalar)
                }
            }
        }
        return order.compactMap { classes[$0] }
    }
}
