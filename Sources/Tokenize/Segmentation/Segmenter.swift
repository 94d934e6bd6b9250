/// Finds the boundaries of text: immutable, and shared by all threads.
///
///     let segmenter = try Segmenter(.word)
///     segmenter.segments(of: "Hello, world".utf8)  // 0..<5, 5..<6, 6..<7, 7..<12
///
/// Offsets are bytes of the text as it was given. Any bytes are text: each maximal subpart of
/// ill-formed UTF-8 counts as one U+FFFD where boundaries are looked for, and stays what it is.
///
/// The boundaries and their rule statuses are those of `ubrk_next` and `ubrk_getRuleStatus` over
/// UTF-16. Where ICU's compiled rules are understood, which is tested when a rule set is opened,
/// they are walked here, many times faster; otherwise ICU is asked for every boundary: `path` tells.
public final class Segmenter: Sendable {
    /// How boundaries are found; both give the same.
    public enum Path: String, Sendable {
        /// By reading ICU's compiled rules; dictionaries are left to ICU.
        case tables
        /// By asking ICU for every boundary.
        case reference
    }

    /// What the segments are; nil when rules of the caller's own decide.
    public let level: SegmentLevel?
    /// How boundaries are found.
    public let path: Path
    private let rules: BoundaryRules?

    /// Prepares to find the boundaries of a level.
    /// - Parameters:
    ///   - profile: which rules find words; of no effect at the other levels.
    ///   - locale: an ICU locale such as "sv"; it tailors the words of the `icu` profile, sentences
    ///     and lines.
    ///   - path: `reference` to ask ICU for every boundary, for comparison.
    /// - Throws: `TokenizeError` when ICU cannot open the rules.
    public convenience init(
        _ level: SegmentLevel, profile: SegmentationProfile = .uax29, locale: String? = nil,
        path: Path = .tables
    ) throws {
        if let fault = TokenizerSpec(level: .byte, locale: locale).localeFault {
            throw TokenizeError.invalidSpec(key: "locale", reason: fault)
        }
        let rules: BoundaryRules? =
            switch level {
            case .byte, .scalar: nil
            case .grapheme: try .characters()
            case .word: try .words(profile, locale: locale)
            case .sentence: try .icu(.sentences, locale: locale)
            case .line: try .icu(.lines, locale: locale)
            }
        self.init(level: level, rules: rules, path: path)
    }

    /// Prepares to find the boundaries that rules of the caller's own make.
    ///
    /// - Parameter rules: text in the syntax of ICU's break iterators:
    ///   <https://unicode-org.github.io/icu/userguide/boundaryanalysis/break-rules.html>
    /// - Throws: `TokenizeError.invalidRules` with the line and column of a mistake.
    public convenience init(rules text: String, path: Path = .tables) throws {
        self.init(level: nil, rules: try BoundaryRules(text: text), path: path)
    }

    init(level: SegmentLevel?, rules: BoundaryRules?, path: Path = .tables) {
        self.level = level
        self.rules = rules
        self.path = rules.map(\.areUnderstood) == false ? .reference : path
    }

    /// Whether a text may be cut after any line feed and each part be looked at by itself.
    ///
    /// True of all built-in levels; rules of the caller's own may keep a line feed inside.
    public var endsAtLineFeed: Bool { rules?.endsAtLineFeed ?? true }

    /// Makes a worker for the calling thread.
    public func makeWorker() -> Worker { makeWorker(attachesSpaces: false) }

    /// - Parameter attachesSpaces: see `Worker.init`.
    func makeWorker(attachesSpaces: Bool) -> Worker {
        Worker(level: level, rules: rules, path: path, attachesSpaces: attachesSpaces)
    }

    /// The byte ranges of the segments, one after another; together they are all the bytes.
    ///
    /// For many or long texts make a worker.
    public func segments(of bytes: some Sequence<UInt8>) -> [Range<Int>] {
        var segments: [Range<Int>] = []
        Array(bytes).withUnsafeBufferPointer { text in
            makeWorker().forEachSegment(in: text) { range, _ in segments.append(range) }
        }
        return segments
    }
}
