import Foundation
import Testing

/// Checks the files of corpora/phrases as a reader of them would find them.
@Suite struct PhraseCorpusTests {
    /// The language of each file, and a script most of its letters are in.
    static let languages: [(tag: String, script: ClosedRange<UInt32>)] = [
        ("ar", 0x0600...0x06FF), ("bn", 0x0980...0x09FF), ("de", 0x0041...0x024F),
        ("el", 0x0370...0x03FF), ("en", 0x0041...0x024F), ("es", 0x0041...0x024F),
        ("fr", 0x0041...0x024F), ("he", 0x0590...0x05FF), ("hi", 0x0900...0x097F),
        ("ja", 0x3040...0x9FFF), ("ko", 0xAC00...0xD7A3), ("ru", 0x0400...0x04FF),
        ("th", 0x0E00...0x0E7F), ("zh", 0x4E00...0x9FFF),
    ]

    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "corpora/phrases")

    static let phraseCount = 153

    @Test func everyFileIsListed() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path())
        #expect(
            files.filter { $0.hasSuffix(".txt") }.sorted()
                == Self.languages.map { $0.tag + ".txt" })
    }

    @Test(arguments: languages)
    func isWellFormed(tag: String, script: ClosedRange<UInt32>) throws {
        let bytes = try Data(contentsOf: Self.folder.appending(path: tag + ".txt"))
        let text = try #require(String(validating: bytes, as: UTF8.self), "\(tag) is not UTF-8")
        #expect(
            text.unicodeScalars.elementsEqual(
                text.precomposedStringWithCanonicalMapping.unicodeScalars), "\(tag) is not NFC")
        #expect(!text.utf8.contains(UInt8(ascii: "\r")))
        #expect(!text.unicodeScalars.contains("\u{FEFF}"))

        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.popLast() == "", "\(tag) does not end in a line feed")
        #expect(lines.count == Self.phraseCount)
        #expect(Set(lines).count == lines.count, "\(tag) repeats a line")
        #expect(lines.allSatisfy { !$0.isEmpty && $0.first != " " && $0.last != " " })
        #expect(!text.contains("  "))

        let letters = text.unicodeScalars.filter(\.properties.isAlphabetic)
        let native = letters.filter { script.contains($0.value) }
        #expect(Double(native.count) > 0.97 * Double(letters.count))
    }

    /// The README promises it of the files written one after another.
    @Test func noLineOccursInTwoLanguages() throws {
        var lines: [Substring] = []
        for (tag, _) in Self.languages {
            let bytes = try Data(contentsOf: Self.folder.appending(path: tag + ".txt"))
            lines += String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        }
        #expect(lines.count == Self.languages.count * Self.phraseCount)
        #expect(Set(lines).count == lines.count)
    }
}
