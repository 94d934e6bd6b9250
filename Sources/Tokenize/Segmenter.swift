import CICU

/// Compiled boundary rules: immutable, shared, and cloned into one `Segmenter` per worker.
///
/// `@unchecked Sendable`: the handle is only ever cloned from, which ICU permits concurrently.
final class BoundaryRules: @unchecked Sendable {
    private let handle: OpaquePointer
    /// FNV-1a 64 of the rules, to tell one version of them from another.
    let digest: UInt64

    private init(handle: OpaquePointer, digest: UInt64) {
        self.handle = handle
        self.digest = digest
    }

    deinit { cicu_close(handle) }

    /// ICU's own rules for grapheme clusters or words.
    convenience init(icu kind: Kind, locale: String?) throws {
        var status: Int32 = 0
        guard let handle = cicu_open(kind.rawValue, locale ?? "", &status) else {
            throw ICU.error("open the rules of locale \"\(locale ?? "root")\"", status)
        }
        let digest = cicu_rules_digest(handle, &status)
        self.init(handle: handle, digest: digest)
        if status > 0 { throw ICU.error("read its compiled rules", status) }
    }

    private convenience init(text: String) throws {
        var status: Int32 = 0
        var line: Int32 = 0
        var column: Int32 = 0
        let rules = Array(text.utf8)
        let handle = rules.withUnsafeBytes { bytes in
            bytes.assumingMemoryBound(to: CChar.self).baseAddress.flatMap {
                cicu_open_rules($0, Int32(bytes.count), &line, &column, &status)
            }
        }
        guard let handle else {
            throw ICU.error("compile word rules (line \(line), column \(column))", status)
        }
        self.init(handle: handle, digest: FNV1a.digest(of: rules))
    }

    enum Kind: Int32 {
        case characters = 0
        case words = 1
    }

    // Compiling takes milliseconds, so it happens once.
    private static let untailoredWords = Result { try BoundaryRules(text: WordRules.text) }

    /// Word boundaries of a specification.
    static func words(_ spec: TokenizerSpec) throws -> BoundaryRules {
        switch spec.profile {
        case .uax29: try untailoredWords.get()
        case .icu: try BoundaryRules(icu: .words, locale: spec.locale)
        }
    }

    /// Extended grapheme clusters; no locale tailors them.
    static func characters() throws -> BoundaryRules {
        try BoundaryRules(icu: .characters, locale: nil)
    }

    func makeSegmenter() -> Segmenter {
        var status: Int32 = 0
        guard let clone = cicu_clone(handle, &status) else {
            // Like any failed allocation of the standard library.
            fatalError("\(ICU.error("clone an iterator", status))")
        }
        return Segmenter(handle: clone)
    }
}

/// Finds boundaries in one buffer after another; one per worker.
final class Segmenter {
    /// Longest buffer handed over: fits the second-level cache, far below ICU's 32-bit offsets.
    static let blockSize = 1 << 16

    private let handle: OpaquePointer
    private var ends: UnsafeMutablePointer<Int32>
    private var capacity: Int

    fileprivate init(handle: OpaquePointer) {
        self.handle = handle
        capacity = 256
        ends = .allocate(capacity: capacity)
    }

    deinit {
        ends.deallocate()
        cicu_close(handle)
    }

    /// End offsets of the segments of `bytes`, of which the last is `count`.
    ///
    /// Valid until the next call.
    func segment(_ bytes: UnsafePointer<UInt8>, count: Int) -> UnsafeBufferPointer<Int32> {
        if count > capacity {
            ends.deallocate()
            capacity = max(count, 2 * capacity)
            ends = .allocate(capacity: capacity)
        }
        var status: Int32 = 0
        let found = cicu_segment(handle, bytes, Int64(count), ends, &status)
        guard found >= 0 else { fatalError("\(ICU.error("segment \(count) bytes", status))") }
        return UnsafeBufferPointer(start: ends, count: Int(found))
    }
}
