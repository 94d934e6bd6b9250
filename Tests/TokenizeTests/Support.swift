import Testing

@testable import Tokenize

/// SplitMix64: a seed gives the same strings everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}

/// Text in many scripts, with the joints that tokenizers trip over.
let samples: [String] = [
    "", " ", "  ", "\n", "\r\n", "\r\n\r\n", "\t\t", "a", " a", "  a", "a ", "a  ", " a b  c ",
    "The quick (\"brown\") fox can't jump 32.3 feet, right?",
    "foo@bar.com a:b x_y_z 3.14,15 U.S.A. rock'n'roll", "tab\tnew\nline\u{B}vt\u{C}ff\u{85}nel",
    "e\u{301}le\u{300}ve  \u{301}x \u{301}", "o\u{308}\u{308}\u{308}",
    "👩‍👩‍👧 👍🏽 🇩🇪🇫🇷🇯 ❤️‍🔥", "ภาษาไทยไม่มีช่องว่าง คำ", "東京都に住んでいます。カタカナ_漢字 日本語",
    "中文分词测试", "안녕하세요 세계abc한국", "العربية من اليمين إلى اليسار", "हिन्दी में क्षि शब्द",
    "ພາສາລາວ ភាសាខ្មែរ မြန်မာဘာသာ", "Привет, мир!", "ﬁ ½ ² İ ß ſ Å Å \u{1FBD}\u{30FF}", "\0a\0\0 b\0",
    "<bos><eos><unk> <eos> </s> <0x41> [PAD]",
    "\u{FEFF}bom \u{A0}nbsp\u{3000} ideographic \u{2028}x",
    "\u{FFFD} \u{FFFF} \u{10FFFF}", "a\u{200D}b \u{200D} 👩\u{200D}", "  \n  x\n y", "- -- --- a-b",
]

/// Ill-formed UTF-8 of every kind.
let illFormed: [[UInt8]] = [
    [0x80], [0xFF], [0xC0, 0x80], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xED, 0xA0, 0x80],
    [0xF4, 0x90, 0x80, 0x80], [0x61, 0xCC], [0x20, 0xFF, 0x20, 0x61], [0xE2, 0x28, 0xA1],
    [0xF0, 0x9F, 0x91, 0xA9, 0xE2, 0x80], [0x20, 0xCC, 0x81, 0x20, 0xCC],
    [0xFE, 0xFE, 0xFF, 0xFF, 0x0D, 0x0A, 0x80],
]

/// A string of up to `length` pieces: random bytes, ASCII, or text of the samples.
func randomBytes(_ generator: inout SeededGenerator, length: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...length, using: &generator) {
        switch UInt8.random(in: 0..<8, using: &generator) {
        case 0: bytes.append(.random(in: 0...255, using: &generator))
        case 1: bytes.append(.random(in: 0x80...0xF4, using: &generator))
        case 2: bytes.append(0x20)
        case 3: bytes.append(.random(in: 0x61...0x64, using: &generator))
        case 4: bytes.append(.random(in: 0...0x7F, using: &generator))
        case 5:
            let scalar = UInt32.random(in: 0...0x10FFFF, using: &generator)
            bytes += String(Unicode.Scalar(scalar) ?? "é").utf8
        case 6:
            let sample = Array(samples[Int.random(in: 0..<samples.count, using: &generator)].utf8)
            let start = Int.random(in: 0...sample.count, using: &generator)
            bytes += sample[start..<min(sample.count, start + 5)]
        default: bytes.append(contentsOf: [0x20, 0x61])
        }
    }
    return bytes
}

/// A tokenizer trained on texts.
func trained(
    _ spec: TokenizerSpec, on texts: [String], minimumFrequency: UInt64 = 1,
    maximumSize: Int = 32_768, maximumTypes: Int = 1 << 21
) throws -> Tokenizer {
    var trainer = try VocabularyTrainer(
        spec, minimumFrequency: minimumFrequency, maximumSize: maximumSize,
        maximumTypes: maximumTypes)
    for text in texts { trainer.add(text) }
    return try trainer.finish()
}

extension VocabularyTrainer {
    mutating func add(_ text: String) { add(bytes: Array(text.utf8)) }
    mutating func add(bytes: [UInt8]) { bytes.withUnsafeBufferPointer { add($0) } }
}

extension Tokenizer {
    /// The tokens of a text, as text.
    func tokens(_ text: String) -> [String] {
        encode(text).map { String(decoding: bytes(of: $0) ?? [], as: UTF8.self) }
    }

    /// All entries of the vocabulary after the special and byte tokens, as text.
    var entries: [String] {
        (Int(vocabulary.firstEntry)..<vocabularySize).map {
            String(decoding: bytes(of: Int32($0)) ?? [], as: UTF8.self)
        }
    }
}
