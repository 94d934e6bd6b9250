import ArgumentParser
import Files
import Foundation
import Tokenize

struct TokenizeCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check against Unicode's test files, and the round trip.",
        discussion: """
            EXAMPLES:
              textvae tokenize check
              textvae tokenize check --unicode ucd/ --tokenizer tokenizer.json
              textvae tokenize check --strings 1000000 --line 64000000

            Prints a table of cases and failures; ends with status 1 if there is a
            failure. The files are those of Debian's package unicode-data.
            """)

    @Option(
        help: ArgumentHelp("Folder of the Unicode Character Database.", valueName: "folder"),
        completion: .directory)
    var unicode = "/usr/share/unicode"

    @Option(
        help: ArgumentHelp("A tokenizer whose round trip is checked too.", valueName: "file"),
        completion: .file())
    var tokenizer: String?

    @Option(help: ArgumentHelp("Random strings in the round trip.", valueName: "count"))
    var strings = 100_000

    @Option(help: ArgumentHelp("Length of one long line in the round trip.", valueName: "bytes"))
    var line = 4_000_000

    @Option(help: "What random strings come from.")
    var seed: UInt64 = 1

    func validate() throws {
        if !(0...1_000_000_000 ~= strings) { throw ValidationError("--strings: want 0 … 10^9.") }
        if !(0...1_000_000_000 ~= line) { throw ValidationError("--line: want 0 … 10^9 bytes.") }
    }

    func run() throws {
        var results = try unicodeResults()
        results += try roundTrips()
        var table = Table()
        table.rightAligned = [1, 2]
        table.add("check", "cases", "failures")
        for result in results {
            table.add(
                result.name, Figures.grouped(result.cases), Figures.grouped(result.failures))
        }
        try OutputOptions.print {
            try $0.write(table.text)
            try $0.write("ICU \(ICU.version), Unicode \(ICU.unicodeVersion)\n")
        }
        for result in results {
            for failure in result.firstFailures {
                StandardError.write("\(result.name): \(failure)")
            }
        }
        let failures = results.reduce(0) { $0 + $1.failures }
        if failures > 0 {
            throw UserError(
                description: "\(Figures.count(failures, "case")) failed", status: .failure)
        }
    }

    private func unicodeResults() throws -> [CheckResult] {
        let breakTests: [(String, SegmentLevel)] = [
            ("GraphemeBreakTest.txt", .grapheme), ("WordBreakTest.txt", .word),
            ("SentenceBreakTest.txt", .sentence),
        ]
        var results = try breakTests.map { name, level in
            try UnicodeCheck.breaks(
                try contents("auxiliary/" + name), name: name, with: try Segmenter(level))
        }
        results.append(
            try UnicodeCheck.normalization(
                try contents("NormalizationTest.txt"), name: "NormalizationTest.txt"))
        results.append(
            try UnicodeCheck.caseFolding(try contents("CaseFolding.txt"), name: "CaseFolding.txt"))
        return results
    }

    /// Every lossless level without a vocabulary, and the tokenizer given.
    private func roundTrips() throws -> [CheckResult] {
        var subjects = try TokenLevel.allCases.filter(\.isLossless).map {
            ("round trip, \($0.rawValue)s", try Tokenizer(spec: TokenizerSpec(level: $0)))
        }
        if let tokenizer {
            let given = try Tokenizer(contentsOf: tokenizer)
            guard given.spec.level.isLossless else {
                throw UserError.usage("--tokenizer: the whitespace level does not keep all text")
            }
            subjects.append(("round trip, \(tokenizer)", given))
        }
        return subjects.map { name, tokenizer in
            var check = RoundTripCheck(tokenizer, name: name)
            var generator = SplitMix64(seed: seed)
            check.checkShortStrings()
            check.checkScalars()
            check.checkRandomStrings(strings, using: &generator)
            check.checkLine(line, using: &generator)
            return check.result
        }
    }

    /// A file of the database, unpacked if need be.
    private func contents(_ name: String) throws -> [UInt8] {
        let path = "\(unicode)/\(name)"
        if FileManager.default.fileExists(atPath: path) {
            return try DurableFile.read(path, maximumByteCount: 1 << 28)
        }
        guard FileManager.default.fileExists(atPath: path + ".bz2") else {
            throw UserError.noInput(
                "\(path) is missing: install the package unicode-data, or name the folder by --unicode"
            )
        }
        let unpacker = Process()
        unpacker.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        unpacker.arguments = ["bzip2", "-dc", path + ".bz2"]
        let pipe = Pipe()
        unpacker.standardOutput = pipe
        try unpacker.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        unpacker.waitUntilExit()
        guard unpacker.terminationStatus == 0 else {
            throw UserError.noInput("\(path).bz2: bzip2 cannot unpack it")
        }
        return Array(bytes)
    }
}

/// The generator of Steele, Lea and Flood (2014): a seed gives the same strings everywhere.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}
