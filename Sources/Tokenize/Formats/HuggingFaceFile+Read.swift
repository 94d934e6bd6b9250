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
        let level = try reading.level(of: file["pre_tokenizer"])
        let spec = TokenizerSpec(
            level: level, normalization: try reading.form(of: file["normalizer"]))
        for key in ["truncation", "padding", "post_processor"] {
            if let value = file[key], !value.isNull {
                reading.remarks.append("its \(key) is left to the caller")
            }
        }
        let entries = try reading.entries(of: file["model"], level)
        reading.note(file["added_tokens"], entries)
        let tokenizer = try Tokenizer(spec: spec, tokens: entries.map { Array($0.utf8) })
        return ForeignTokenizer(tokenizer: tokenizer, remarks: reading.remarks)
    }

    private struct Reading {
        let path: String
        var remarks: [String] = []

        func refusal(_ reason: String) -> TokenizeError {
            .inexpressible(path: path, format: HuggingFaceFile.format, reason: reason)
        }

        mutating func level(of value: JSONValue?) throws -> TokenLevel {
            if value == whiteSpaceSplit { return .whitespace }
            if value == byteSplit { return .byte }
            if value?["type"]?.string == "WhitespaceSplit" {
                remarks.append(
                    "WhitespaceSplit also splits at white space outside ASCII, which here is part "
                        + "of a word: ids are equal for text without it")
                return .whitespace
            }
            let type = value?["type"]?.string.map { "\"\($0)\"" } ?? value?.kind ?? "nothing"
            throw refusal(
                "pre_tokenizer \(type) has no level here; known are WhitespaceSplit, and the Split and "
                    + "ByteLevel that textvae writes")
        }

        func form(of value: JSONValue?) throws -> NormalizationForm {
            guard let value, !value.isNull else { return .none }
            if let steps = value["normalizers"]?.array, value["type"]?.string == "Sequence",
                steps.count <= 1
            {
                return try form(of: steps.first)
            }
            guard let form = forms.first(where: { $0.type == value["type"]?.string }) else {
                let type = value["type"]?.string ?? value.kind
                throw refusal(
                    "normalizer \"\(type)\" has no equal here; known are NFC, NFD, NFKC and NFKD")
            }
            return form.form
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
