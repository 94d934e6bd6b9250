/// Everything that decides how text becomes tokens, apart from the vocabulary.
public struct TokenizerSpec: Codable, Hashable, Sendable {
    /// What a token is a piece of.
    public var level: TokenLevel
    /// Which rules find words; of no effect at the other levels.
    public var profile: SegmentationProfile
    /// Normalization before segmentation.
    public var normalization: NormalizationForm
    /// Whether case is folded (full folding: "ß" becomes "ss").
    public var caseFolding: Bool
    /// ICU locale such as "sv" or "en_US_POSIX"; `nil` is the root locale.
    ///
    /// It tailors the words of the `icu` profile, and "tr" and "az" fold I to ı.
    public var locale: String?

    /// Describes a tokenizer; everything but the level has a default that leaves text unchanged.
    public init(
        level: TokenLevel, profile: SegmentationProfile = .uax29,
        normalization: NormalizationForm = .none, caseFolding: Bool = false,
        locale: String? = nil
    ) {
        self.level = level
        self.profile = profile
        self.normalization = normalization
        self.caseFolding = caseFolding
        self.locale = locale
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case level, profile, normalization
        case caseFolding = "case_folding"
        case locale
    }

    /// Reads the snake_case keys; all but `level` may be left out, any other key is an error.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: AnyKey.self)
        let known = CodingKeys.allCases.map(\.rawValue)
        for key in keys.allKeys where !known.contains(key.stringValue) {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: keys,
                debugDescription:
                    "unknown tokenizer key '\(key.stringValue)', "
                    + "known are \(known.joined(separator: ", "))")
        }
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            level: try values.decode(TokenLevel.self, forKey: .level),
            profile: try values.decodeIfPresent(SegmentationProfile.self, forKey: .profile)
                ?? .uax29,
            normalization: try values.decodeIfPresent(
                NormalizationForm.self, forKey: .normalization) ?? .none,
            caseFolding: try values.decodeIfPresent(Bool.self, forKey: .caseFolding) ?? false,
            locale: try values.decodeIfPresent(String.self, forKey: .locale))
    }

    /// Writes all keys, `locale` as null when there is none.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(level, forKey: .level)
        try values.encode(profile, forKey: .profile)
        try values.encode(normalization, forKey: .normalization)
        try values.encode(caseFolding, forKey: .caseFolding)
        try values.encode(locale, forKey: .locale)
    }

    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension TokenizerSpec {
    /// What is wrong with the locale, if anything: all else is checked by its type.
    var localeFault: String? {
        guard let locale else { return nil }
        let allowed = locale.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: "@"), UInt8(ascii: "="), UInt8(ascii: ";"):
                true
            default: false
            }
        }
        if allowed, (1...100).contains(locale.utf8.count) { return nil }
        return "got \"\(locale)\", want an ICU locale such as \"sv\" or \"en_US\"; "
            + "leave it out for the root locale"
    }

    /// Throws what is wrong with the specification.
    func validate() throws {
        if let localeFault {
            throw TokenizeError.invalidSpec(key: "locale", reason: localeFault)
        }
    }

    /// Whether the text changes before it is cut.
    var normalizes: Bool { normalization != .none || caseFolding }

    /// Whether I folds to ı, as Turkish and Azerbaijani want.
    var foldsTurkic: Bool {
        let language = (locale ?? "").prefix { $0 != "_" && $0 != "-" && $0 != "@" }.lowercased()
        return ["tr", "az", "tur", "aze"].contains(language)
    }
}
