/// Cuts bytes into what stands between runs of ASCII white space.
enum FieldSplitter {
    @inline(__always)
    static func isSeparator(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    /// Calls `body` with one field after another; separators are dropped.
    @inline(__always)
    static func forEachField(in bytes: ByteSlice, _ body: (ByteSlice) -> Void) {
        guard let base = bytes.baseAddress else { return }
        let count = bytes.count
        var offset = 0
        while offset < count {
            while offset < count, isSeparator(base[offset]) { offset += 1 }
            let start = offset
            while offset < count, !isSeparator(base[offset]) { offset += 1 }
            if offset > start { body(ByteSlice(start: base + start, count: offset - start)) }
        }
    }
}
