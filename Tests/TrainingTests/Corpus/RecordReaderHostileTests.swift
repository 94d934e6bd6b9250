import Foundation
import Testing

@testable import Training

/// Files that are damaged, in another format, or no files at all.
@Suite struct RecordReaderHostileTests {
    /// Ill-formed UTF-8 is delivered untouched, with the offset of the first bad byte.
    @Test(
        arguments: [
            ([0x61, 0xFF, 0xFE], 1),
            ([0xC3], 0), ([0xE2, 0x82], 0), ([0xF0, 0x9F, 0x98], 0),  // cut off
            ([0x61, 0xC0, 0x80], 1),  // overlong
            ([0xED, 0xA0, 0x80], 0),  // surrogate
            ([0xF4, 0x90, 0x80, 0x80], 0),  // above U+10FFFF
            ([0xC3, 0xA9, 0x80], 2),  // a lone continuation after é
        ] as [([UInt8], Int)])
    func illFormed(_ bytes: [UInt8], _ offset: Int) throws {
        let delivered = try Delivered(Array("ok\n".utf8) + bytes + [0x0A])
        #expect(delivered.records == [Array("ok".utf8), bytes])
        #expect(delivered.report.illFormedLines.count == 1)
        let place = try #require(delivered.report.illFormedLines.firstPlaces.first)
        #expect(place.line == 2 && place.byte == 3 + offset)
    }

    @Test func nul() throws {
        let delivered = try Delivered("a\0b\nc\n\0\n")
        #expect(delivered.texts == ["a\0b", "c", "\0"])
        #expect(delivered.report.nulLines.count == 2)
        #expect(delivered.report.nulLines.firstPlaces.map(\.byte) == [1, 6])
        #expect(delivered.report.nulLines.firstPlaces.map(\.line) == [1, 3])
    }

    @Test func keepsTenPlaces() throws {
        let report = try Delivered(String(repeating: "\n", count: 25)).report
        #expect(report.emptyLines.count == 25)
        #expect(report.emptyLines.firstPlaces.map(\.line) == Array(1...10))
        #expect(
            report.descriptionLines.last?.hasPrefix("25 lines without text (left out): ") == true)
        #expect(report.descriptionLines.last?.hasSuffix(":10 (byte 9), …") == true)
    }

    @Test func oneGraphemeOfManyMarks() throws {
        let text = "a" + String(repeating: "\u{301}", count: 400_000)
        let delivered = try Delivered(text)
        #expect(delivered.records == [Array(text.utf8)])
        #expect(delivered.report.illFormedLines.count == 0)
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x61, 0x00], "UTF-16LE", "iconv -f UTF-16 -t UTF-8"),
            ([0xFE, 0xFF, 0x00, 0x61], "UTF-16BE", "iconv -f UTF-16"),
            ([0xFF, 0xFE, 0x00, 0x00, 0x61, 0, 0, 0], "UTF-32LE", "iconv -f UTF-32"),
            ([0x00, 0x00, 0xFE, 0xFF, 0, 0, 0, 0x61], "UTF-32BE", "iconv -f UTF-32"),
            ([0x1F, 0x8B, 0x08], "gzip", "zcat"),
            ([0x50, 0x4B, 0x03, 0x04, 0x14], "zip", "unzip"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz", "xzcat"),
            ([0x28, 0xB5, 0x2F, 0xFD, 0x24], "zstd", "zstdcat"),
            ([0x42, 0x5A, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59], "bzip2", "bzcat"),
        ] as [([UInt8], String, String)])
    func otherFormats(_ bytes: [UInt8], _ name: String, _ remedy: String) throws {
        let scratch = try CorpusScratch()
        let path = try scratch.write(bytes)
        let error = try #require(throws: TrainingError.self) { try Delivered([path]) }
        #expect(error.description.contains(path))
        #expect(error.description.contains(name))
        #expect(error.description.contains(remedy))
        #expect(!error.description.contains("\n"))
    }

    @Test(arguments: ["PK", "BZh9", "B", "\u{FEFF}"]) func textLikeMagicIsText(_ text: String)
        throws
    {
        #expect(try Delivered(text + "x").texts == [text == "\u{FEFF}" ? "x" : text + "x"])
    }

    @Test func missingFolderDeviceAndNames() throws {
        let scratch = try CorpusScratch()
        let missing = scratch.path("nowhere.txt")
        #expect(throws: TrainingError.unreadable(path: missing, action: "open", code: ENOENT)) {
            try Delivered([missing])
        }
        let folder = try #require(throws: TrainingError.self) { try Delivered([scratch.folder]) }
        #expect(folder.description.contains("it is a folder"))
        let device = try #require(throws: TrainingError.self) { try Delivered(["/dev/zero"]) }
        #expect(device.description.contains("it is a device"))
        for path in ["", "a\0b"] {
            #expect(throws: TrainingError.self) { try Delivered([path]) }
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything")) func forbiddenFile() throws {
        let scratch = try CorpusScratch()
        let path = try scratch.write("a\n")
        chmod(path, 0)
        #expect(throws: TrainingError.unreadable(path: path, action: "open", code: EACCES)) {
            try Delivered([path])
        }
    }

    @Test func hostileNamesStayOnOneLine() throws {
        let error = TrainingError.unreadable(
            path: "a\nb\u{202E}c", action: "open", code: ENOENT)
        #expect(error.description == "cannot open 'a\\u{A}b\\u{202E}c': No such file or directory")
    }

    @Test func reportSurvivesJSON() throws {
        let report = try Delivered("a\n\nb\0\r\n\u{FEFF}").report
        let json = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(CorpusReport.self, from: json) == report)
    }
}
