import Foundation
import Testing

@testable import Training

/// What ends a record, what is removed, and where records stand.
@Suite struct RecordReaderTests {
    @Test(
        arguments: [
            ("", []),  // an empty file has no record
            ("\n", [""]),
            ("a", ["a"]),  // no final newline
            ("a\n", ["a"]),
            ("a\nb", ["a", "b"]),
            ("a\n\nb\n", ["a", "", "b"]),
            ("a\r\nb\r\n", ["a", "b"]),
            ("a\r\r\n", ["a\r"]),  // one CR is removed
            ("a\r\nb\nc\rd\n", ["a", "b", "c\rd"]),  // mixed: a CR alone ends nothing
            ("a\rb\rc", ["a\rb\rc"]),
            ("\u{FEFF}a\n\u{FEFF}b\n", ["a", "\u{FEFF}b"]),  // a mark inside is text
            ("\u{FEFF}", []),
            ("a\u{2028}b\u{85}c\u{B}d\u{C}e\n", ["a\u{2028}b\u{85}c\u{B}d\u{C}e"]),
            ("<pad> <s> <unk> </s>\n", ["<pad> <s> <unk> </s>"]),
            ("e\u{301}\n\u{E9}\n", ["e\u{301}", "\u{E9}"]),  // NFD and NFC stay apart
            ("\u{202E}abc\u{202C}\n", ["\u{202E}abc\u{202C}"]),
            ("👩‍👩‍👧‍👦\n", ["👩‍👩‍👧‍👦"]),
            (
                "สวัสดี 日本語 中文 عربي हिन्दी தமிழ் తెలుగు አማርኛ עברית 한국어\n",
                ["สวัสดี 日本語 中文 عربي हिन्दी தமிழ் తెలుగు አማርኛ עברית 한국어"]
            ),
        ] as [(String, [String])])
    func lines(_ text: String, _ wanted: [String]) throws {
        let delivered = try Delivered(text)
        #expect(delivered.records == wanted.map { Array($0.utf8) })
        #expect(delivered.report.illFormedLines.count == 0)
        #expect(delivered.report.bytes == text.utf8.count)
        #expect(delivered.report.lines == wanted.count)
    }

    @Test func countsWhatItRemoves() throws {
        let report = try Delivered("\u{FEFF}a\r\nb\n\r\nc\rd\r\n").report
        #expect(report.byteOrderMarks == 1)
        #expect(report.carriageReturns == 3)
        #expect(report.emptyLines.count == 1)
        #expect(report.emptyLines.firstPlaces.map(\.line) == [3])
        #expect(report.emptyLines.firstPlaces.map(\.byte) == [8])
        #expect(report.innerCarriageReturns.count == 1)
        #expect(report.innerCarriageReturns.firstPlaces.first?.byte == 11)
        #expect(report.records == 3)
    }

    @Test func whiteSpaceIsText() throws {
        let spaces =
            "\t\u{B}\u{C} \u{85}\u{A0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}"
            + "\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}"
            + "\u{3000}"
        let delivered = try Delivered(spaces + "\n")
        #expect(delivered.records == [Array(spaces.utf8)])
        #expect(delivered.report.emptyLines.count == 0)
    }

    /// U+FFFD, U+FDD0, U+FFFF and U+10FFFF are well-formed.
    @Test func noncharacters() throws {
        let bytes: [UInt8] = [
            0xEF, 0xBF, 0xBD, 0xEF, 0xB7, 0x90, 0xEF, 0xBF, 0xBF, 0xF4, 0x8F, 0xBF, 0xBF,
        ]
        let delivered = try Delivered(bytes)
        #expect(delivered.records == [bytes])
        #expect(delivered.report.illFormedLines.count == 0)
    }

    @Test func positions() throws {
        let scratch = try CorpusScratch()
        let first = try scratch.write("\u{FEFF}ab\r\n\nc", as: "1")
        let second = try scratch.write("", as: "2")
        let third = try scratch.write("d\ne\n", as: "3")
        let delivered = try Delivered([first, second, third])
        #expect(delivered.texts == ["ab", "", "c", "d", "e"])
        #expect(delivered.positions.map(\.source) == [0, 0, 0, 2, 2])
        #expect(delivered.positions.map(\.line) == [1, 2, 3, 1, 2])
        #expect(delivered.positions.map(\.byte) == [3, 7, 8, 0, 2])
        #expect(delivered.report.sources == 3)
    }

    /// The ends of chunks fall inside lines, between CR and LF, and inside characters.
    @Test(arguments: [0, 1, 2, 3]) func chunkBorders(_ shift: Int) throws {
        let lead = String(repeating: "x", count: RecordReader.chunkSize - 3 + shift)
        let wanted = [lead, "é€😀", "y", String(repeating: "z", count: 700_000), "end"]
        let delivered = try Delivered(wanted.joined(separator: "\r\n"))
        #expect(delivered.records == wanted.map { Array($0.utf8) })
        #expect(delivered.report.carriageReturns == 4)
        #expect(delivered.report.illFormedLines.count == 0)
        #expect(delivered.positions.last?.byte == lead.utf8.count + 9 + 1 + 700_000 + 8)
    }

    @Test func manyShortLines() throws {
        let count = 1_200_000
        let scratch = try CorpusScratch()
        let path = try scratch.write(
            Array(repeating: [0x61, 0x0A] as [UInt8], count: count).flatMap { $0 })
        var (sum, last) = (0, RecordPosition(source: 0, line: 0, byte: 0))
        let report = try RecordReader(paths: [path]).forEachRecord {
            sum += $0.count
            last = $1
        }
        #expect(sum == count && report.lines == count)
        #expect(last == RecordPosition(source: 0, line: count, byte: 2 * count - 2))
    }

    @Test func overlongLinesAreLeftOut() throws {
        let long = String(repeating: "x", count: 5)
        let delivered = try Delivered(
            "abcd\nabcd\r\n\(long)\nok\n\(long)\r\nend\n\(long)", maximumRecordBytes: 4)
        #expect(delivered.texts == ["abcd", "abcd", "ok", "end"])
        #expect(delivered.report.overlongLines.count == 3)
        #expect(delivered.report.overlongLines.firstPlaces.map(\.line) == [3, 5, 7])
        #expect(delivered.report.overlongLines.firstPlaces.map(\.byte) == [11, 20, 31])
        #expect(delivered.report.records == 4)
    }

    /// A line of many buffers is dropped as it comes in, with and without an end.
    @Test(arguments: ["\nend\n", "\r\nend", ""]) func hugeLine(_ end: String) throws {
        let size = 9 * RecordReader.chunkSize + 17
        let text = "start\n" + String(repeating: "x", count: size) + end
        let delivered = try Delivered(text, maximumRecordBytes: 1 << 20)
        #expect(delivered.texts == (end.isEmpty ? ["start"] : ["start", "end"]))
        #expect(delivered.report.overlongLines.count == 1)
        #expect(delivered.report.overlongLines.firstPlaces.map(\.byte) == [6])
        #expect(delivered.report.bytes == text.utf8.count)
    }

    @Test func recordOfTheGreatestSize() throws {
        let size = 3 * RecordReader.chunkSize
        let text = String(repeating: "x", count: size)
        let delivered = try Delivered("a\n\(text)\r\n\(text)y\nb", maximumRecordBytes: size)
        #expect(delivered.records.map(\.count) == [1, size, 1])
        #expect(delivered.report.overlongLines.firstPlaces.map(\.line) == [3])
    }

    @Test(arguments: [0, -1, 1 << 31]) func refusesRecordSizes(_ size: Int) throws {
        #expect(
            throws: TrainingError.setting(
                key: "maximum_record_bytes", got: "\(size)", wanted: "1 … 2^30")
        ) { try RecordReader(paths: [], maximumRecordBytes: size) }
    }

    @Test func bodyCanStop() throws {
        struct Stop: Error {}
        let scratch = try CorpusScratch()
        let path = try scratch.write("a\nb\n")
        #expect(throws: Stop.self) {
            try RecordReader(paths: [path]).forEachRecord { _, _ in throw Stop() }
        }
    }
}
