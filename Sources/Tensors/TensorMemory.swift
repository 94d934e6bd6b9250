#if canImport(Glibc)
    import Glibc
#endif

/// Memory for numbers, at addresses that vector instructions and oneDNN like best.
enum TensorMemory {
    /// What vectors and cache lines are aligned to.
    static let alignment = 64

    /// The size of the pages that large blocks ask for: an address in one of 4 KiB must be looked up in tables hundreds
    /// of times as often.
    private static let largePage = 2 << 20

    /// At least `byteCount` bytes, to be released by `deallocate()`.
    static func allocate(byteCount: Int) -> UnsafeMutableRawBufferPointer {
        let isLarge = byteCount >= largePage
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(byteCount, alignment), alignment: isLarge ? largePage : alignment)
        #if os(Linux)
            // A wish: a system that does not grant it works all the same.
            if isLarge { _ = madvise(memory.baseAddress, memory.count, MADV_HUGEPAGE) }
        #endif
        return memory
    }
}
