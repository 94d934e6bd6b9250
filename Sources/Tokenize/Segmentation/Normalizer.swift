import CICU

/// A normalization and case folding that ICU is known to have the data for.
struct Normalization: Sendable {
    fileprivate let form: Int32
    fileprivate let fold: Int32
    fileprivate let isIdentity: Bool

    /// - Throws: `TokenizeError.icu` when ICU cannot open the form.
    init(_ spec: TokenizerSpec) throws {
        form = spec.normalization.number
        fold = spec.caseFolding ? (spec.foldsTurkic ? 2 : 1) : 0
        isIdentity = !spec.normalizes
        guard !isIdentity else { return }
        var status: Int32 = 0
        guard let handle = cicu_normalizer_open(form, fold, &status) else {
            throw ICU.error("open \(spec.normalization.rawValue)", status)
        }
        cicu_normalizer_close(handle)
    }
}

/// Applies a normalization and case folding; one per worker.
///
/// form(x), or form(fold(form(x))) with case folding. Ill-formed bytes stay as they are and keep
/// what stands on either side of them apart.
final class Normalizer {
    private let handle: OpaquePointer?

    /// Memory grows to the longest record seen; without any normalization nothing is copied.
    init(_ normalization: Normalization) {
        guard !normalization.isIdentity else {
            handle = nil
            return
        }
        var status: Int32 = 0
        handle = cicu_normalizer_open(normalization.form, normalization.fold, &status)
        if handle == nil { ICU.isOutOfMemory(to: "open a normalizer", status) }
    }

    /// - Throws: `TokenizeError.icu` when ICU cannot open the form.
    convenience init(_ spec: TokenizerSpec) throws { self.init(try Normalization(spec)) }

    deinit { cicu_normalizer_close(handle) }

    /// The normalized bytes, valid until the next call.
    func normalize(_ bytes: ByteSlice) -> ByteSlice {
        guard let handle, let base = bytes.baseAddress, !bytes.isEmpty else { return bytes }
        var output: UnsafePointer<UInt8>?
        var status: Int32 = 0
        let count = cicu_normalize(handle, base, Int64(bytes.count), &output, &status)
        guard count >= 0 else { ICU.isOutOfMemory(to: "normalize text", status) }
        return ByteSlice(start: output, count: Int(count))
    }
}
