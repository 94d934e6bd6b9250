import Files

/// The `tokenizer.json` of Hugging Face's `tokenizers`, as far as a WordLevel model reaches.
///
/// Two levels can be said in it. Whitespace: a `Split` that removes runs of ASCII white space, and the
/// words as they are. Byte: `ByteLevel`, which writes each byte as a printable character, and a
/// `Split` into single ones. Words and characters fall back to smaller pieces and to bytes, for which
/// WordLevel has nothing but `<unk>`; and of case folding it knows only lower-casing.
///
/// `<bos>` and `<eos>` are left out at the whitespace level: listed, they would be found in text.
enum HuggingFaceFile {
    static let format = "Hugging Face tokenizer.json"
    /// ASCII white space in the syntax of Oniguruma.
    static let whiteSpace = #"[\t-\r ]+"#

    static let whiteSpaceSplit: JSONValue = [
        "type": "Split", "pattern": ["Regex": .string(whiteSpace)], "behavior": "Removed",
        "invert": false,
    ]
    static let byteSplit: JSONValue = [
        "type": "Sequence",
        "pretokenizers": [
            [
                "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false,
                "use_regex": false,
            ],
            [
                "type": "Split", "pattern": ["Regex": "."], "behavior": "Isolated",
                "invert": false,
            ],
        ],
    ]
    static let byteDecoder: JSONValue = [
        "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false,
    ]

    /// How normalization forms are called.
    static let forms: [(form: NormalizationForm, type: String)] = [
        (.nfc, "NFC"), (.nfd, "NFD"), (.nfkc, "NFKC"), (.nfkd, "NFKD"),
    ]

    /// The printable character that `ByteLevel` writes for each byte (GPT-2's table).
    static let byteCharacters: [String] = {
        var next: UInt32 = 256
        return (UInt32(0)...255).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF:
                return Unicode.Scalar(byte).map { String($0) } ?? ""
            default:
                defer { next += 1 }
                return Unicode.Scalar(next).map { String($0) } ?? ""
            }
        }
    }()
}
