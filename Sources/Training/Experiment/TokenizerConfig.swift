import Tokenize

/// How text becomes tokens, and how the vocabulary is learned.
public struct TokenizerConfig: Codable, Sendable, Equatable {
    /// What a token is a piece of.
    public var level = TokenLevel.word
    /// Which rules find words; of no effect at the other levels.
    public var profile = SegmentationProfile.uax29
    /// Normalization before segmentation.
    public var normalization = NormalizationForm.none
    /// Whether case is folded.
    public var caseFolding = false
    /// ICU locale such as "sv"; nil is the root locale.
    public var locale: String?
    /// Types seen less often get no entry; nil is 2 at the word level and 1 elsewhere.
    public var minimumFrequency: UInt64?
    /// Most token ids, special and byte tokens included.
    public var maximumSize = 32_768

    /// The defaults.
    public init() {}

    /// The part that goes into the tokenizer.
    public var spec: TokenizerSpec {
        TokenizerSpec(
            level: level, profile: profile, normalization: normalization, caseFolding: caseFolding,
            locale: locale)
    }

    /// A trainer that learns this tokenizer's vocabulary.
    public func makeTrainer() throws -> VocabularyTrainer {
        try VocabularyTrainer(spec, minimumFrequency: minimumFrequency, maximumSize: maximumSize)
    }

    /// What is wrong with the values: `key: got …, want …`, a line each.
    public var problems: [String] {
        // Once for the specification and once for the size: a trainer stops at its first complaint.
        Self.problem { _ = try VocabularyTrainer(spec) }
            + Self.problem {
                _ = try VocabularyTrainer(TokenizerSpec(level: level), maximumSize: maximumSize)
            }
    }

    private static func problem(_ attempt: () throws -> Void) -> [String] {
        do {
            try attempt()
            return []
        } catch TokenizeError.invalidSpec(let key, let reason) {
            return ["\(key): \(reason)"]
        } catch TokenizeError.invalidTraining(let setting, let reason) {
            return ["\(setting.split(separator: " ").joined(separator: "_")): \(reason)"]
        } catch {
            return ["\(error)"]
        }
    }
}
