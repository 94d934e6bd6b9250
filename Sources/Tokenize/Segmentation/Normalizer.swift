import CICU

/// Applies the normalization and case folding of a specification; one per worker.
///
/// form(x), or form(fold(form(x))) with case folding. Ill-formed bytes stay as they are and keep
/// what stands on either side of them apart.
final class Normalizer {
    private let handle: OpaquePointer?

    /// Memory grows to the longest record seen; without any normalization nothing is copied.
    init(_ spec: TokenizerSpec) throws {
        guard spec.normalizes else {
            handle = nil
            return
        }
        let form: Int32 =
            switch spec.normalization {
            case .none: 0
            case .nfc: 1
            case .nfd: 2
            case .nfkc: 3
            case .nfkd: 4
            case .nfkcCasefold: 5
            }
        let fold: Int32 = spec.caseFolding ? (spec.foldsTurkic ? 2 : 1) : 0
        var status: Int32 = 0
        handle = cicu_normalizer_open(form, fold, &status)
        if handle == nil { throw ICU.error("open \(spec.normalization.rawValue)", status) }
    }

    deinit { cicu_normalizer_close(handle) }

    /// The normalized bytes, valid until the next call.
    func normalize(_ bytes: ByteSlice) -> ByteSlice {
        guard let handle, let base = bytes.baseAddress, !bytes.isEmpty else { return bytes }
        var output: UnsafePointer<UInt8>?
        var status: Int32 = 0
        let count = cicu_normalize(handle, base, Int64(bytes.count), &output, &status)
        guard count >= 0 else { fatalError("\(ICU.error("normalize text", status))") }
        return ByteSlice(start: output, count: Int(count))
    }
}
