/// Checks against the test files of the Unicode Character Database.
///
/// Debian has them in the package `unicode-data`.
public enum UnicodeCheck {
    /// `GraphemeBreakTest.txt`, `WordBreakTest.txt`, `SentenceBreakTest.txt` or `LineBreakTest.txt`.
    ///
    /// A line such as `÷ 0061 × 0308 ÷` has a boundary at ÷ and none at ×.
    /// - Throws: `TokenizeError` for a line that is not so.
    public static func breaks(
        _ contents: [UInt8], name: String, with segmenter: Segmenter
    ) throws -> CheckResult {
        var result = CheckResult(name)
        let file = UnicodeFile(contents, name: name)
        let worker = segmenter.makeWorker()
        try file.forEachRow { fields, row in
            var text: [UInt8] = []
            var wanted: [Int] = []
            for word in fields.first?.split(whereSeparator: \.isWhitespace) ?? [] {
                switch word {
                case "÷": if !text.isEmpty { wanted.append(text.count) }
                case "×": break
                default: text += try file.bytes(of: word, row)
                }
            }
            var ends: [Int] = []
            text.withUnsafeBufferPointer {
                worker.forEachSegment(in: $0) { range, _ in ends.append(range.upperBound) }
            }
            result.note(ends == wanted, row)
        }
        return result
    }

    /// `NormalizationTest.txt`: 20 equations a line, and every scalar that part 1 does not list stays
    /// itself in all forms.
    /// - Throws: `TokenizeError` for a line that is no test.
    public static func normalization(_ contents: [UInt8], name: String) throws -> CheckResult {
        var result = CheckResult(name)
        let file = UnicodeFile(contents, name: name)
        let forms = try [NormalizationForm.nfc, .nfd, .nfkc, .nfkd].map {
            try Normalizer(TokenizerSpec(level: .byte, normalization: $0))
        }
        var listed: Set<[UInt8]> = []
        var isPart1 = false
        try file.forEachRow { fields, row in
            if fields[0].hasPrefix("@") {
                isPart1 = fields[0].hasPrefix("@Part1")
                return
            }
            guard fields.count >= 5 else { throw file.failure(row, "want five columns") }
            let columns = try fields.prefix(5).map { try file.text($0, row) }
            if isPart1 { listed.insert(columns[0]) }
            // Which column the form of each column is, by form: NFC, NFD, NFKC, NFKD.
            let wanted = [[1, 1, 1, 3, 3], [2, 2, 2, 4, 4], [3, 3, 3, 3, 3], [4, 4, 4, 4, 4]]
            let holds = zip(forms, wanted).allSatisfy { form, targets in
                zip(columns, targets).allSatisfy { form.normalized($0) == columns[$1] }
            }
            result.note(holds, row)
        }
        var changed = CheckResult(name)
        for value in 0...0x10FFFF as ClosedRange<UInt32> {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = Array(String(scalar).utf8)
            if listed.contains(text) { continue }
            changed.note(
                forms.allSatisfy { $0.normalized(text) == text },
                "U+\(String(value, radix: 16, uppercase: true)) does not stay itself")
        }
        result.failures += changed.failures
        result.firstFailures += changed.firstFailures
        return result
    }

    /// `CaseFolding.txt`: common and full foldings.
    /// - Throws: `TokenizeError` for a line that is no folding.
    public static func caseFolding(_ contents: [UInt8], name: String) throws -> CheckResult {
        var result = CheckResult(name)
        let file = UnicodeFile(contents, name: name)
        let folder = try Normalizer(TokenizerSpec(level: .byte, caseFolding: true))
        try file.forEachRow { fields, row in
            guard fields.count >= 3 else { throw file.failure(row, "want three columns") }
            let kind = fields[1].filter { $0 != " " }
            guard kind == "C" || kind == "F" else { return }
            let text = try file.text(fields[0], row)
            result.note(folder.normalized(text) == (try file.text(fields[2], row)), row)
        }
        return result
    }
}

extension Normalizer {
    fileprivate func normalized(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { Array(normalize($0)) }
    }
}
