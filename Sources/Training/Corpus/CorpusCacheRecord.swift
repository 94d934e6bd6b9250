import Files
import Glibc
import Tokenize

/// `corpus.json`, written last: what a token cache was made from and what it holds.
///
/// A folder without it holds no cache, whatever else is there; so a build that was cut short is never
/// taken for one.
struct CorpusCacheRecord: Equatable {
    /// All that decides the contents: the same key, the same cache.
    var key: JSONValue
    var vocabularySize: Int
    var tokenizerDigest: String
    var training: StoredSequences
    var heldOut: StoredSequences
    var heldOutIsCopy: Bool
    var tooLong: CorpusFinding
    var withoutTokens: CorpusFinding

    private static let format = "textvae corpus cache"
    private static let version = 1

    static func path(_ folder: String) -> String { "\(folder)/corpus.json" }

    func write(to folder: String) throws {
        let json: JSONValue = [
            "format": .string(Self.format), "format_version": .int(Self.version), "key": key,
            "vocabulary_size": .int(vocabularySize),
            "tokenizer_digest": .string(tokenizerDigest), "training": training.json,
            "held_out": heldOut.json, "held_out_is_copy": .bool(heldOutIsCopy),
            "too_long": tooLong.json, "without_tokens": withoutTokens.json,
        ]
        try DurableFile.write(
            StrictJSON.bytes(of: json, indented: true), to: Self.path(folder))
    }

    /// Reads the record of a folder; nil if there is none.
    /// - Throws: `FilesError` or ``TrainingError/damagedCache(path:reason:)``.
    init?(contentsOf folder: String) throws {
        let path = Self.path(folder)
        guard access(path, F_OK) == 0 else { return nil }
        let bytes = try DurableFile.read(path, maximumByteCount: 1 << 20)
        let json = try StrictJSON.parse(bytes, source: path)
        guard json["format"]?.string == Self.format, json["format_version"]?.int == Self.version
        else {
            throw TrainingError.damagedCache(
                path: path, reason: "it is not of format \(Self.version)")
        }
        guard let key = json["key"], let vocabularySize = json["vocabulary_size"]?.int,
            let tokenizerDigest = json["tokenizer_digest"]?.string,
            let training = StoredSequences(json["training"]),
            let heldOut = StoredSequences(json["held_out"]),
            let heldOutIsCopy = json["held_out_is_copy"]?.bool,
            let tooLong = CorpusFinding(json["too_long"]),
            let withoutTokens = CorpusFinding(json["without_tokens"])
        else {
            throw TrainingError.damagedCache(path: path, reason: "a value is missing or wrong")
        }
        self.init(
            key: key, vocabularySize: vocabularySize, tokenizerDigest: tokenizerDigest,
            training: training, heldOut: heldOut, heldOutIsCopy: heldOutIsCopy, tooLong: tooLong,
            withoutTokens: withoutTokens)
    }

    init(
        key: JSONValue, vocabularySize: Int, tokenizerDigest: String, training: StoredSequences,
        heldOut: StoredSequences, heldOutIsCopy: Bool, tooLong: CorpusFinding,
        withoutTokens: CorpusFinding
    ) {
        self.key = key
        self.vocabularySize = vocabularySize
        self.tokenizerDigest = tokenizerDigest
        self.training = training
        self.heldOut = heldOut
        self.heldOutIsCopy = heldOutIsCopy
        self.tooLong = tooLong
        self.withoutTokens = withoutTokens
    }

    /// The digest of the digests of all that the cache holds.
    var digest: String {
        let parts = [
            training.tokensDigest, training.indexDigest, heldOut.tokensDigest,
            heldOut.indexDigest, tokenizerDigest,
        ]
        return Digest.hex(of: [UInt8](parts.joined(separator: " ").utf8))
    }

    /// The first setting in which another key differs, in words; nil if none does.
    func difference(from wanted: JSONValue) -> String? {
        for member in wanted.object ?? [] where key[member.key] != member.value {
            if member.key == "records_digest" { return "the records have changed" }
            return "\(member.key) was \(Self.text(key[member.key])), is \(Self.text(member.value))"
        }
        return key == wanted ? nil : "it was made with other settings"
    }

    private static func text(_ value: JSONValue?) -> String {
        guard let value, let bytes = try? StrictJSON.bytes(of: value) else { return "not there" }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension StoredSequences {
    fileprivate var json: JSONValue {
        [
            "records": .int(records), "tokens": .int(tokens),
            "tokens_digest": .string(tokensDigest), "index_digest": .string(indexDigest),
        ]
    }

    fileprivate init?(_ json: JSONValue?) {
        guard let records = json?["records"]?.int, records >= 0, records < Int.max,
            let tokens = json?["tokens"]?.int, tokens >= 0,
            let tokensDigest = json?["tokens_digest"]?.string,
            let indexDigest = json?["index_digest"]?.string
        else { return nil }
        self.init(
            records: records, tokens: tokens, tokensDigest: tokensDigest, indexDigest: indexDigest)
    }
}

extension CorpusFinding {
    fileprivate var json: JSONValue {
        let places = firstPlaces.map { place -> JSONValue in
            ["path": .string(place.path), "line": .int(place.line), "byte": .int(place.byte)]
        }
        return ["count": .int(count), "first_places": .array(places)]
    }

    fileprivate init?(_ json: JSONValue?) {
        guard let count = json?["count"]?.int, count >= 0,
            let places = json?["first_places"]?.array
        else { return nil }
        var firstPlaces: [Place] = []
        for place in places {
            guard let path = place["path"]?.string, let line = place["line"]?.int,
                let byte = place["byte"]?.int
            else { return nil }
            firstPlaces.append(Place(path: path, line: line, byte: byte))
        }
        self.init(count: count, firstPlaces: firstPlaces)
    }
}
