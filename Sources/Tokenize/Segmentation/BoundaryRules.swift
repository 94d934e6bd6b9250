import CICU
import Synchronization

/// Compiled boundary rules: immutable, and shared by all workers.
///
/// `@unchecked Sendable`: walkers only read the rules behind the handle, and what they make late is
/// made under a lock.
final class BoundaryRules: @unchecked Sendable {
    let handle: OpaquePointer
    /// FNV-1a 64 of the rules, to tell one version of them from another.
    let digest: UInt64

    private init(handle: OpaquePointer, digest: UInt64) {
        self.handle = handle
        self.digest = digest
    }

    deinit { cicu_rules_close(handle) }

    /// ICU's own rules.
    private convenience init(icu kind: Kind, locale: String?) throws {
        var status: Int32 = 0
        guard let handle = cicu_rules_open(kind.rawValue, locale ?? "", &status) else {
            throw ICU.error("open the rules of locale \"\(locale ?? "root")\"", status)
        }
        self.init(handle: handle, digest: cicu_rules_digest(handle))
    }

    /// Rules in ICU's syntax.
    /// - Throws: `TokenizeError.invalidRules` with the line and column.
    convenience init(text: String) throws {
        var status: Int32 = 0
        var line: Int32 = 0
        var column: Int32 = 0
        let rules = Array(text.utf8)
        let handle = rules.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.flatMap {
                cicu_rules_compile($0, Int64(bytes.count), &line, &column, &status)
            }
        }
        guard let handle else {
            let reason =
                rules.isEmpty ? "there are no rules" : String(cString: cicu_status_name(status))
            throw TokenizeError.invalidRules(line: Int(line), column: Int(column), reason: reason)
        }
        self.init(handle: handle, digest: FNV1a.digest(of: rules))
    }

    /// Rules in ICU's syntax, taken from a cache or put there.
    convenience init(text: String, cache: RuleCache?) throws {
        guard let cache else {
            try self.init(text: text)
            return
        }
        let rules = Array(text.utf8)
        var status: Int32 = 0
        let kept = cache.binary(of: rules)?.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.flatMap {
                cicu_rules_open_binary($0, Int64(bytes.count), &status)
            }
        }
        if let handle = kept ?? nil {
            self.init(handle: handle, digest: FNV1a.digest(of: rules))
            return
        }
        try self.init(text: text)
        if let binary { cache.keep(binary, of: rules) }
    }

    /// The rules as ICU compiled them; nil where it does not tell.
    private var binary: [UInt8]? {
        var status: Int32 = 0
        let length = cicu_rules_binary(handle, nil, 0, &status)
        guard length > 0 else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            count = max(0, Int(cicu_rules_binary(handle, base, length, &status)))
        }
        return status > 0 || bytes.isEmpty ? nil : bytes
    }

    enum Kind: Int32 {
        case graphemes = 0
        case words = 1
        case lines = 2
        case sentences = 3
    }

    private struct Key: Hashable {
        var kind: Kind
        var locale: String?
    }

    /// Most rule sets kept for the next one who asks.
    private static let mostKept = 32
    private static let kept = Mutex<[Key: BoundaryRules]>([:])

    /// ICU's own rules, opened and tested once for each locale.
    static func icu(_ kind: Kind, locale: String? = nil) throws -> BoundaryRules {
        let key = Key(kind: kind, locale: locale)
        if let rules = kept.withLock({ $0[key] }) { return rules }
        let rules = try BoundaryRules(icu: kind, locale: locale)
        kept.withLock { if $0.count < mostKept { $0[key] = rules } }
        return rules
    }

    // Compiling takes milliseconds, so it happens once.
    private static let untailoredWords = Result {
        try BoundaryRules(text: WordRules.text, cache: RuleCache.shared)
    }

    /// Word boundaries of a profile.
    static func words(_ profile: SegmentationProfile, locale: String?) throws -> BoundaryRules {
        switch profile {
        case .uax29: try untailoredWords.get()
        case .icu: try icu(.words, locale: locale)
        }
    }

    /// Extended grapheme clusters; no locale tailors them.
    static func characters() throws -> BoundaryRules { try icu(.graphemes) }

    /// Whether a text may be cut after any line feed and each part be looked at by itself.
    var endsAtLineFeed: Bool {
        cicu_rules_features(handle) & Int32(CICU_ENDS_AT_LINE_FEED) != 0
    }

    /// Whether the tables behind the rules can be read without ICU.
    var areUnderstood: Bool {
        cicu_rules_features(handle) & Int32(CICU_WALKS_TABLES) != 0
    }
}
