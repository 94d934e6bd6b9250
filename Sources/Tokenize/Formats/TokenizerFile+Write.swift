extension TokenizerFile {
    /// The bytes of the file; equal tokenizers give equal bytes.
    static func write(_ tokenizer: Tokenizer) -> [UInt8] {
        let (spec, vocabulary) = (tokenizer.spec, tokenizer.vocabulary)
        var json: [UInt8] = []
        json.reserveCapacity(1024 + vocabulary.table.byteCount + 16 * vocabulary.table.count)
        func line(_ key: Key, _ value: String, isText: Bool = true, ends: String = ",\n") {
            json += "  \"\(key.rawValue)\": ".utf8
            if isText { append(text: Array(value.utf8), to: &json) } else { json += value.utf8 }
            json += ends.utf8
        }
        json += "{\n".utf8
        line(.format, format)
        line(.formatVersion, "\(version)", isText: false)
        json += "  \"\(Key.spec.rawValue)\": ".utf8
        append(spec, to: &json)
        json += ",\n".utf8
        line(.icuVersion, tokenizer.provenance.icuVersion)
        line(.unicodeVersion, tokenizer.provenance.unicodeVersion)
        line(.rulesDigest, tokenizer.provenance.rulesDigest)
        line(.vocabularySize, "\(vocabulary.size)", isText: false)
        line(.tokens, "[", isText: false, ends: "")
        for index in 0..<vocabulary.table.count {
            json += (index == 0 ? "\n    [" : ",\n    [").utf8
            append(token: vocabulary.table[index], to: &json)
            json += ", \(vocabulary.counts[index])]".utf8
        }
        json += (vocabulary.table.count == 0 ? "],\n" : "\n  ],\n").utf8
        line(.digest, digest(spec, vocabulary), ends: "\n")
        json += "}\n".utf8
        return json
    }

    private static func append(_ spec: TokenizerSpec, to json: inout [UInt8]) {
        // All but the rules are plain ASCII names; a locale is checked to be one.
        let names =
            "{\"level\": \"\(spec.level.rawValue)\", \"profile\": \"\(spec.profile.rawValue)\", "
            + "\"normalization\": \"\(spec.normalization.rawValue)\", "
            + "\"case_folding\": \(spec.caseFolding), "
            + "\"locale\": \(spec.locale.map { "\"\($0)\"" } ?? "null")"
        json += names.utf8
        if let rules = spec.rules {
            json += ", \"rules\": ".utf8
            append(text: Array(rules.utf8), to: &json)
        }
        json += "}".utf8
    }

    private static func append(token: ArraySlice<UInt8>, to json: inout [UInt8]) {
        let isWellFormed = token.withUnsafeBufferPointer { $0.nextIllFormed(from: 0) == nil }
        if isWellFormed {
            append(text: token, to: &json)
        } else {
            json += "{\"bytes\": \"".utf8
            for byte in token {
                json.append(hexDigits[Int(byte >> 4)])
                json.append(hexDigits[Int(byte & 15)])
            }
            json += "\"}".utf8
        }
    }

    private static func append(text: some Collection<UInt8>, to json: inout [UInt8]) {
        json.append(0x22)
        for byte in text {
            switch byte {
            case 0x22: json += #"\""#.utf8
            case 0x5C: json += #"\\"#.utf8
            case 0x08: json += #"\b"#.utf8
            case 0x09: json += #"\t"#.utf8
            case 0x0A: json += #"\n"#.utf8
            case 0x0C: json += #"\f"#.utf8
            case 0x0D: json += #"\r"#.utf8
            case 0..<0x20, 0x7F:
                json += #"\u00"#.utf8
                json.append(hexDigits[Int(byte >> 4)])
                json.append(hexDigits[Int(byte & 15)])
            default: json.append(byte)
            }
        }
        json.append(0x22)
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
}
