import Files
import Testing

@testable import Tokenize

@Suite struct ForeignFileTests {
    private func words(_ tokens: [String] = ["the", "naïve", "cat\"\\"]) throws -> Tokenizer {
        try Tokenizer(
            spec: TokenizerSpec(level: .whitespace, normalization: .nfc),
            tokens: tokens.map { Array($0.utf8) })
    }

    @Test func huggingFaceWordsComeBack() throws {
        let tokenizer = try words()
        let json = try tokenizer.huggingFaceJSON()
        let foreign = try Tokenizer.readHuggingFace(json, path: "t.json")
        #expect(foreign.remarks == [])
        #expect(foreign.tokenizer.spec == tokenizer.spec)
        #expect(try foreign.tokenizer.huggingFaceJSON() == json)
        for text in samples { #expect(foreign.tokenizer.encode(text) == tokenizer.encode(text)) }
        let value = try StrictJSON.parse(json, source: "t.json")
        #expect(value["model"]?["vocab"]?["naïve"]?.int == 4)
        #expect(value["model"]?["vocab"]?["<unk>"]?.int == 2)
        // Listed, they would be found in text.
        #expect(value["model"]?["vocab"]?["<bos>"] == nil)
    }

    @Test func huggingFaceBytesComeBack() throws {
        let tokenizer = try Tokenizer(spec: TokenizerSpec(level: .byte, normalization: .nfkd))
        let json = try tokenizer.huggingFaceJSON()
        let foreign = try Tokenizer.readHuggingFace(json, path: "t.json")
        #expect(foreign.remarks == [])
        #expect(foreign.tokenizer.json() == tokenizer.json())
        let vocabulary = try StrictJSON.parse(json, source: "")["model"]?["vocab"]
        #expect(vocabulary?.object?.count == 258)
        #expect(vocabulary?["A"]?.int == 2 + 0x41)
        #expect(vocabulary?["Ġ"]?.int == 2 + 0x20)
        #expect(vocabulary?["Ń"]?.int == 2 + 0xAD)
        #expect(Set(HuggingFaceFile.byteCharacters).count == 256)
    }

    @Test(arguments: [
        TokenizerSpec(level: .word), TokenizerSpec(level: .character),
        TokenizerSpec(level: .whitespace, caseFolding: true),
        TokenizerSpec(level: .whitespace, normalization: .nfkcCasefold),
    ])
    func whatCannotBeSaidIsRefused(_ spec: TokenizerSpec) throws {
        let tokenizer = try Tokenizer(spec: spec)
        #expect(throws: TokenizeError.self) { try tokenizer.huggingFaceJSON() }
    }

    @Test func entriesThatAreNoText() throws {
        let tokenizer = try Tokenizer(
            spec: TokenizerSpec(level: .whitespace), tokens: [[0xFF, 0x61]])
        #expect(throws: TokenizeError.self) { try tokenizer.huggingFaceJSON() }
    }

    private func file(
        model: String = "WordLevel", vocabulary: String, split: String = "WhitespaceSplit",
        normalizer: String = "null", more: String = ""
    ) -> [UInt8] {
        Array(
            """
            {"version": "1.0", "added_tokens": [], \(more)
             "normalizer": \(normalizer), "pre_tokenizer": {"type": "\(split)"},
             "model": {"type": "\(model)", "vocab": \(vocabulary), "unk_token": "[UNK]"}}
            """.utf8)
    }

    @Test func filesOfOthers() throws {
        let json = file(
            vocabulary: #"{"b": 3, "[UNK]": 0, "a": 7}"#,
            normalizer: #"{"type": "Sequence", "normalizers": [{"type": "NFKC"}]}"#,
            more: #""truncation": {"max_length": 3},"#)
        let foreign = try Tokenizer.readHuggingFace(json, path: "t.json")
        #expect(foreign.tokenizer.entries == ["b", "a"])
        #expect(foreign.tokenizer.spec.normalization == .nfkc)
        #expect(foreign.remarks.count == 3)
        #expect(foreign.remarks.contains { $0.contains("renumbered") })
        #expect(foreign.remarks.contains { $0.contains("truncation") })
        #expect(foreign.remarks.contains { $0.contains("WhitespaceSplit") })
    }

    @Test(arguments: [
        ("BPE", #"{"a": 0}"#, "WhitespaceSplit", "null"),
        ("WordLevel", #"{"a": 0}"#, "Whitespace", "null"),
        ("WordLevel", #"{"a": 0}"#, "WhitespaceSplit", #"{"type": "Lowercase"}"#),
        ("WordLevel", #"{"a": 0, "b": 0}"#, "WhitespaceSplit", "null"),
        ("WordLevel", #"{"a": -1}"#, "WhitespaceSplit", "null"),
        ("WordLevel", #"{"a": 1.5}"#, "WhitespaceSplit", "null"),
        ("WordLevel", #"{"a b": 1}"#, "WhitespaceSplit", "null"),
        ("WordLevel", "[]", "WhitespaceSplit", "null"),
    ])
    func strangeFilesAreRefused(
        _ model: String, _ vocabulary: String, _ split: String, _ normalizer: String
    ) {
        let json = file(
            model: model, vocabulary: vocabulary, split: split, normalizer: normalizer)
        #expect(throws: TokenizeError.self) { try Tokenizer.readHuggingFace(json, path: "t") }
    }

    /// A file whose only word is "a" and which splits and normalizes as given.
    private func read(split: String, normalizer: String) throws -> ForeignTokenizer {
        let json = """
            {"normalizer": \(normalizer), "pre_tokenizer": \(split),
             "model": {"type": "WordLevel", "vocab": {"<unk>": 2, "a": 3}, "unk_token": "<unk>"}}
            """
        return try Tokenizer.readHuggingFace(Array(json.utf8), path: "t.json")
    }

    private static let whiteSpace = #"{"type": "WhitespaceSplit"}"#
    private static let asciiSplit =
        #"{"type": "Split", "pattern": {"Regex": "[\\t-\\r ]+"}, "behavior": "Removed", "invert": false}"#
    private static let unicodeSplit =
        #"{"type": "Split", "pattern": {"Regex": "\\s+"}, "behavior": "Removed", "invert": false}"#

    @Test(arguments: [
        ("NFD NFC", NormalizationForm.nfc), ("NFC NFD", .nfd), ("NFKC NFC", .nfkc),
        ("NFC NFKD", .nfkd), ("NFKD NFC", .nfkc), ("NFKC NFD", .nfkd), ("NFC NFC", .nfc),
        ("", .none),
    ])
    func formsInSequenceAreOneForm(_ types: String, _ form: NormalizationForm) throws {
        let steps = types.split(separator: " ").map { "{\"type\": \"\($0)\"}" }
        let sequence =
            "{\"type\": \"Sequence\", \"normalizers\": [\(steps.joined(separator: ", "))]}"
        let foreign = try read(split: Self.asciiSplit, normalizer: sequence)
        #expect(foreign.tokenizer.spec.normalization == form)
        #expect(foreign.remarks == [])
        // The one form does what the forms do one after another.
        for text in samples {
            var bytes = Array(text.utf8)
            for type in types.split(separator: " ") {
                let one = try read(split: Self.asciiSplit, normalizer: "{\"type\": \"\(type)\"}")
                bytes = one.tokenizer.normalized(bytes)
            }
            #expect(foreign.tokenizer.normalized(text.utf8) == bytes)
        }
    }

    @Test(arguments: [
        (#"{"type": "Strip", "strip_left": true, "strip_right": true}"#, true),
        (#"{"type": "Strip", "strip_left": false, "strip_right": false}"#, false),
        (
            #"{"type": "BertNormalizer", "clean_text": false, "handle_chinese_chars": false, "#
                + #""strip_accents": null, "lowercase": false}"#, false
        ),
    ])
    func normalizersWithoutEffect(_ normalizer: String, _ needsUnicodeSplit: Bool) throws {
        let foreign = try read(split: Self.whiteSpace, normalizer: normalizer)
        #expect(foreign.tokenizer.spec.normalization == .none)
        if needsUnicodeSplit {
            // A no-break space is stripped there and a part of a word here.
            #expect(throws: TokenizeError.self) {
                try read(split: Self.asciiSplit, normalizer: normalizer)
            }
        } else {
            #expect(try read(split: Self.asciiSplit, normalizer: normalizer).remarks == [])
        }
    }

    @Test func splitsInSequence() throws {
        func sequence(_ steps: String...) -> String {
            "{\"type\": \"Sequence\", \"pretokenizers\": [\(steps.joined(separator: ", "))]}"
        }
        for split in [
            Self.asciiSplit, sequence(Self.asciiSplit), sequence(sequence(Self.asciiSplit)),
        ] {
            #expect(try read(split: split, normalizer: "null").remarks == [])
        }
        for split in [Self.unicodeSplit, sequence(Self.whiteSpace, Self.asciiSplit)] {
            let foreign = try read(split: split, normalizer: "null")
            #expect(foreign.tokenizer.spec.level == .whitespace)
            #expect(foreign.remarks.contains { $0.contains("outside ASCII") })
        }
    }

    /// What cannot be done exactly is named by its place in the file.
    @Test(arguments: [
        (whiteSpace, #"{"type": "Lowercase"}"#, #"normalizer, "Lowercase""#),
        (
            whiteSpace,
            #"{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "StripAccents"}]}"#,
            #"normalizer.normalizers[1], "StripAccents""#
        ),
        (whiteSpace, #"{"type": "BertNormalizer", "lowercase": true}"#, "BertNormalizer"),
        (#"{"type": "BertPreTokenizer"}"#, "null", #"pre_tokenizer, "BertPreTokenizer""#),
        (#"{"type": "Whitespace"}"#, "null", #"pre_tokenizer, "Whitespace""#),
        (
            #"{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Digits"}]}"#,
            "null", #"pre_tokenizer.pretokenizers[1], "Digits""#
        ),
        ("null", "null", "pre_tokenizer is missing"),
    ])
    func refusalsNameTheKey(_ split: String, _ normalizer: String, _ wanted: String) {
        do {
            _ = try read(split: split, normalizer: normalizer)
            Issue.record("\(split) and \(normalizer) were read")
        } catch { #expect("\(error)".contains(wanted), "\(error)") }
    }

    @Test func damagedFilesAreRefused() throws {
        let json = try words().huggingFaceJSON()
        for length in stride(from: 0, to: json.count - 2, by: 13) {
            #expect(throws: (any Error).self) {
                try Tokenizer.readHuggingFace(Array(json.prefix(length)), path: "t")
            }
        }
    }

    @Test(arguments: FileTests.specs) func linesAndTablesComeBack(_ spec: TokenizerSpec) throws {
        var trainer = try VocabularyTrainer(spec, minimumFrequency: 1)
        for text in samples + [#"back\slash \n \x41 \"#] { trainer.add(text) }
        for bytes in illFormed { trainer.add(bytes: bytes) }
        let tokenizer = try trainer.finish()
        let lines = tokenizer.vocabularyLines()
        let fromLines = try Tokenizer(vocabularyLines: lines, spec: spec, path: "v.txt")
        #expect(fromLines.vocabularyLines() == lines)
        #expect(fromLines.entries == tokenizer.entries)
        #expect(lines.split(separator: 0x0A).count == tokenizer.vocabularySize)
        let table = tokenizer.vocabularyTable()
        let fromTable = try Tokenizer(vocabularyTable: table, spec: spec, path: "v.tsv")
        #expect(fromTable.vocabularyTable() == table)
        #expect(fromTable.json() == tokenizer.json())
    }

    @Test func linesOfOthers() throws {
        let lines = Array("[PAD]\n<unk>\nthe\n\\alpha\n\\\n".utf8)
        let spec = TokenizerSpec(level: .whitespace)
        let tokenizer = try Tokenizer(vocabularyLines: lines, spec: spec, path: "v.txt")
        #expect(tokenizer.entries == ["[PAD]", "the", "\\alpha", "\\"])
        for (bad, line) in [("a\n\nb", 2), ("a\nb\na", 3), ("a b", 1)] {
            do {
                _ = try Tokenizer(vocabularyLines: Array(bad.utf8), spec: spec, path: "v.txt")
                Issue.record("\(bad) was read")
            } catch TokenizeError.malformedRecord(let path, let record, _, _) {
                #expect(path == "v.txt")
                #expect(record == line)
            }
        }
        for bad in ["a", "a\t", "a\t-1", "a\t1\t2", "a\t1x", "a\t99999999999999999999", "\t1"] {
            #expect(throws: TokenizeError.self) {
                try Tokenizer(vocabularyTable: Array(bad.utf8), spec: spec, path: "v.tsv")
            }
        }
    }

    @Test func escapes() {
        var generator = SeededGenerator(43)
        for _ in 0..<3000 {
            let bytes = randomBytes(&generator, length: 12)
            let line = TokenEscape.escaped(bytes)
            #expect(TokenEscape.unescaped(line) == bytes)
            #expect(!line.contains { $0 < 0x20 || $0 == 0x7F })
            #expect(line.withUnsafeBufferPointer { $0.nextIllFormed(from: 0) } == nil)
        }
    }
}
