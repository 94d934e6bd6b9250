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
    /// Boundary rules of the caller's own, in the syntax of ICU's break iterators; `nil` for those of
    /// the profile.
    ///
    /// They find words in place of the profile, which then has no effect, and are a part of the
    /// tokenizer file. Only the word level has a use for them.
    public var rules: String?

    /// Describes a tokenizer; everything but the level has a default that leaves text unchanged.
    public init(
        level: TokenLevel, profile: SegmentationProfile = .uax29,
        normalization: NormalizationForm = .none, caseFolding: Bool = false,
        locale: String? = nil, rules: String? = nil
    ) {
        self.level = level
        self.profile = profile
        self.normalization = normalization
        self.caseFolding = caseFolding
        self.locale = locale
        self.rules = rules
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case level, profile, normalization
        case caseFolding = "case_folding"
        case locale, rules

        /// Whether a file says it of every tokenizer.
        var isRequired: Bool { self != .rules }
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
            locale: try values.decodeIfPresent(String.self, forKey: .locale),
            rules: try values.decodeIfPresent(String.self, forKey: .rules))
    }

    /// Writes all keys, `locale` as null when there is none, and `rules` only when there are some.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(level, forKey: .level)
        try values.encode(profile, forKey: .profile)
        try values.encode(normalization, forKey: .normalization)
        try values.encode(caseFolding, forKey: .caseFolding)
        try values.encode(locale, forKey: .locale)
        try values.encodeIfPresent(rules, forKey: .rules)
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

    /// What is wrong with having rules, if anything; whether they compile is seen when they are.
    var rulesFault: String? {
        guard rules != nil, level != .word else { return nil }
        return
            "rules find words, and the level is \(level.rawValue); leave them out or take the word "
            + "level"
    }

    /// Throws what is wrong with the specification.
    func validate() throws {
        if let localeFault {
            throw TokenizeError.invalidSpec(key: "locale", reason: localeFault)
        }
        if let rulesFault { throw TokenizeError.invalidSpec(key: "rules", reason: rulesFault) }
    }

    /// Whether the text changes before it is cut.
    var normalizes: Bool { normalization != .none || caseFolding }

    /// Whether I folds to ı, as Turkish and Azerbaijani want.
    var foldsTurkic: Bool {
        let language = (locale ?? "").prefix { $0 != "_" && $0 != "-" && $0 != "@" }.lowercased()
        return ["tr", "az", "tur", "aze"].contains(language)
    }
}
