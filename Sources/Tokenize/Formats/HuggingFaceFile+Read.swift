import Files

/// A tokenizer read from a file of another program.
public struct ForeignTokenizer: Sendable {
    /// The tokenizer.
    public let tokenizer: Tokenizer
    /// What of the file it does not do, or does otherwise; empty where ids are equal for all text.
    public let remarks: [String]
}

extension HuggingFaceFile {
    /// Most values of the JSON tree: two for a million words and more.
    private static let maximumValues = 1 << 24

    static func read(_ json: [UInt8], path: String) throws -> ForeignTokenizer {
        var reading = Reading(path: path)
        let file = try StrictJSON.parse(json, source: path, maximumValueCount: maximumValues)
        let level = try reading.level(of: file["pre_tokenizer"], at: "pre_tokenizer")
        let spec = TokenizerSpec(
            level: level, normalization: try reading.form(of: file["normalizer"], at: "normalizer"))
        for key in ["truncation", "padding", "post_processor"] {
            if let value = file[key], !value.isNull {
                reading.remarks.append("its \(key) is left to the caller")
            }
        }
        let entries = try reading.entries(of: file["model"], level)
        reading.note(file["added_tokens"], entries)
        let tokenizer: Tokenizer
        do {
            tokenizer = try Tokenizer(spec: spec, tokens: entries.map { Array($0.utf8) })
        } catch TokenizeError.invalidVocabulary(let entry, let reason) {
            throw reading.refusal("model.vocab, \"\(entries[entry].prefix(40))\": \(reason)")
        }
        return ForeignTokenizer(tokenizer: tokenizer, remarks: reading.remarks)
    }

    private struct Reading {
        let path: String
        var remarks: [String] = []
        /// Whether it splits at all white space of Unicode.
        private var splitsUnicode = false

        init(path: String) { self.path = path }

        func refusal(_ reason: String) -> TokenizeError {
            .inexpressible(path: path, format: HuggingFaceFile.format, reason: reason)
        }

        /// The level of a pre-tokenizer, or of a sequence of them that comes to the same.
        mutating func level(of value: JSONValue?, at key: String) throws -> TokenLevel {
            if value == byteSplit { return .byte }
            let steps = flattened(value, "pretokenizers", at: key)
            guard !steps.isEmpty else {
                throw refusal("\(key) is missing: text that is not split has no level here")
            }
            for step in steps where step.value != whiteSpaceSplit && !step.value.isUnicodeSplit {
                throw refusal(
                    "\(step.key), \(step.value.shownType), has no level here; known are "
                        + "WhitespaceSplit, a Split that removes \\s+ or \(whiteSpace), and the Split and "
                        + "ByteLevel that textvae writes")
            }
            // Splitting again at the same places, or at fewer, changes nothing.
            if let step = steps.first(where: \.value.isUnicodeSplit) {
                splitsUnicode = true
                remarks.append(
                    "\(step.key), \(step.value.shownType), also splits at white space outside ASCII, which here is part of a word: "
                        + "ids are equal for text without it")
            }
            return .whitespace
        }

        /// The form that a normalizer, or a sequence of them, brings text into.
        ///
        /// Forms in sequence are one form: it is a compatibility form if one of them is, and composed
        /// if the last of them is (Unicode Standard Annex #15).
        func form(of value: JSONValue?, at key: String) throws -> NormalizationForm {
            var result = NormalizationForm.none
            for step in flattened(value, "normalizers", at: key) {
                if isWithoutEffect(step.value) { continue }
                guard let form = forms.first(where: { $0.type == step.value["type"]?.string })?.form
                else {
                    throw refusal(
                        "\(step.key), \(step.value.shownType), has no equal here; "
                            + (step.value["type"]?.string == "Lowercase"
                                ? "lower-casing keeps ß, ς and more that case folding changes"
                                : "known are NFC, NFD, NFKC and NFKD"))
                }
                let isCompatible =
                    result == .nfkc || result == .nfkd || form == .nfkc || form == .nfkd
                let isComposed = form == .nfc || form == .nfkc
                result = isCompatible ? (isComposed ? .nfkc : .nfkd) : (isComposed ? .nfc : .nfd)
            }
            return result
        }

        /// Whether a normalizer changes no token.
        private func isWithoutEffect(_ value: JSONValue) -> Bool {
            func isOff(_ key: String) -> Bool { value[key]?.bool == false }
            switch value["type"]?.string {
            case "Strip":
                // White space at the ends is split off anyway.
                return splitsUnicode || isOff("strip_left") && isOff("strip_right")
            case "BertNormalizer":
                // Without its own setting, accents go where case goes.
                return isOff("clean_text") && isOff("handle_chinese_chars") && isOff("lowercase")
                    && (isOff("strip_accents") || value["strip_accents"]?.isNull != false)
            default: return false
            }
        }

        /// The steps of a sequence of sequences, and where each stands in the file.
        private func flattened(
            _ value: JSONValue?, _ list: String, at key: String
        ) -> [(key: String, value: JSONValue)] {
            guard let value, !value.isNull else { return [] }
            guard value["type"]?.string == "Sequence", let steps = value[list]?.array else {
                return [(key, value)]
            }
            return steps.enumerated().flatMap { flattened($1, list, at: "\(key).\(list)[\($0)]") }
        }

        /// The vocabulary's own entries, in the order of their ids.
        mutating func entries(of model: JSONValue?, _ level: TokenLevel) throws -> [String] {
            guard let model, model["type"]?.string == "WordLevel" else {
                let type = model?["type"]?.string ?? "without type"
                throw refusal("model \"\(type)\": only WordLevel can be read")
            }
            guard let members = model["vocab"]?.object, let unknown = model["unk_token"]?.string
            else { throw refusal("model: want \"vocab\", an object, and \"unk_token\", a string") }
            var words: [(id: Int, text: String)] = []
            for member in members {
                guard let id = member.value.int, (0...Int(Int32.max)).contains(id) else {
                    throw refusal("model.vocab, \"\(member.key)\": want an id, 0 … 2^31 - 1")
                }
                words.append((id, member.key))
            }
            words.sort { ($0.id, $0.text) < ($1.id, $1.text) }
            for (left, right) in zip(words, words.dropFirst()) where left.id == right.id {
                throw refusal("\"\(left.text)\" and \"\(right.text)\" both have the id \(left.id)")
            }
            if level == .byte {
                guard HuggingFaceFile.isByteVocabulary(members) else {
                    throw refusal("the vocabulary is not that of single bytes at 2 … 257")
                }
                return []
            }
            let specials = ["<bos>", "<eos>", unknown, "<unk>"]
            let isUnknown = words.contains { $0.id == 2 && $0.text == unknown }
            let entries = words.filter { word in !specials.contains { $0 == word.text } }
            let moved = entries.enumerated().first { $0.element.id != 3 + $0.offset }
            if let moved {
                remarks.append(
                    "ids are renumbered: \"\(moved.element.text)\" is \(moved.element.id) in the "
                        + "file and \(3 + moved.offset) here")
            } else if !isUnknown {
                remarks.append("ids are renumbered: unknown words are 2 here")
            }
            return entries.map(\.text)
        }

        /// Added tokens are found anywhere in text there, and are plain words here.
        mutating func note(_ added: JSONValue?, _ entries: [String]) {
            let contents = (added?.array ?? []).compactMap { $0["content"]?.string }
            if let first = contents.first {
                remarks.append(
                    "added tokens such as \"\(first)\" are not looked for inside words")
            }
        }
    }

    private static func isByteVocabulary(_ members: [JSONMember]) -> Bool {
        let ids = Dictionary(members.map { ($0.key, $0.value.int) }) { first, _ in first }
        return byteCharacters.enumerated().allSatisfy {
            ids[$1] == Int(Vocabulary.firstByte) + $0
        }
    }
}

extension JSONValue {
    /// Whether it is a pre-tokenizer that removes runs of white space, that outside ASCII included.
    fileprivate var isUnicodeSplit: Bool {
        self["type"]?.string == "WhitespaceSplit"
            || self == [
                "type": "Split", "pattern": ["Regex": #"\s+"#], "behavior": "Removed",
                "invert": false,
            ]
    }

    /// The type it says it is of, for messages.
    fileprivate var shownType: String {
        self["type"]?.string.map { "\"\($0)\"" } ?? kind
    }
}

extension Tokenizer {
    /// Reads the contents of a `tokenizer.json` with a WordLevel model.
    ///
    /// What of it has an equal here is taken over, in the order of the ids; small differences are
    /// told in the remarks.
    /// - Parameter path: for messages.
    /// - Throws: `FilesError.json`, or `TokenizeError.inexpressible` where there is no such tokenizer
    ///   here.
    public static func readHuggingFace(_ json: [UInt8], path: String) throws -> ForeignTokenizer {
        try HuggingFaceFile.read(json, path: path)
    }
}
