import Glibc
import Testing

@testable import Tokenize

private let auxiliary = "/usr/share/unicode/auxiliary"
private func isInstalled(_ name: String) -> Bool { access("\(auxiliary)/\(name)", R_OK) == 0 }

/// The Unicode break tests, from the `unicode-data` package where it is installed.
@Suite struct ConformanceTests {
    @Test(.enabled(if: isInstalled("WordBreakTest.txt"), "needs the package unicode-data"))
    func wordBreakTest() throws {
        let segmenter = try BoundaryRules.words(TokenizerSpec(level: .word)).makeSegmenter()
        #expect(try failures(of: segmenter, in: "WordBreakTest.txt") == [])
    }

    @Test(.enabled(if: isInstalled("GraphemeBreakTest.txt"), "needs the package unicode-data"))
    func graphemeBreakTest() throws {
        let segmenter = try BoundaryRules.characters().makeSegmenter()
        #expect(try failures(of: segmenter, in: "GraphemeBreakTest.txt") == [])
        let splitter = CharacterSplitter(rules: try .characters())
        for line in try lines(of: "GraphemeBreakTest.txt") {
            var lengths: [Int] = []
            line.text.withUnsafeBufferPointer { bytes in
                splitter.forEachCharacter(in: bytes) { lengths.append($0.count) }
            }
            #expect(lengths == line.lengths, "\(line.source)")
        }
    }

    private struct Line {
        var text: [UInt8] = []
        var lengths: [Int] = []
        var source = ""
    }

    private func failures(of segmenter: Segmenter, in file: String) throws -> [String] {
        let lines = try lines(of: file)
        #expect(lines.count > 500)
        return lines.filter { line in
            line.text.withUnsafeBufferPointer { bytes in
                guard let base = bytes.baseAddress else { return true }
                var previous = 0
                let lengths = segmenter.segment(base, count: bytes.count).map { end in
                    defer { previous = Int(end) }
                    return Int(end) - previous
                }
                return lengths != line.lengths
            }
        }.map(\.source)
    }

    /// "÷ 0061 × 0308 ÷ # comment": ÷ is a boundary, × is none.
    private func lines(of name: String) throws -> [Line] {
        guard let file = fopen("\(auxiliary)/\(name)", "r") else {
            throw TokenizeError.fileAccess(path: name, operation: "open", reason: "missing")
        }
        defer { fclose(file) }
        var contents: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
            contents += buffer[..<count]
        }
        return String(decoding: contents, as: UTF8.self).split(separator: "\n").compactMap {
            let fields = $0.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
            if fields.isEmpty { return nil }
            var line = Line(source: String($0))
            var length = 0
            for field in fields {
                if field == "÷" {
                    if length > 0 { line.lengths.append(length) }
                    length = 0
                } else if field != "×" {
                    guard let value = UInt32(field, radix: 16), let scalar = Unicode.Scalar(value)
                    else { return nil }  // a lone surrogate: no UTF-8 spells it
                    let bytes = Array(String(scalar).utf8)
                    line.text += bytes
                    length += bytes.count
                }
            }
            return line
        }
    }
}
