/// Gathers token ids on the stack and appends them to an array a thousand at a time.
struct TokenIDWriter: ~Copyable {
    private let pending: UnsafeMutableBufferPointer<Int32>
    private var count = 0
    private var tokenIDs: [Int32] = []

    /// Lends a writer; all it wrote is in `tokenIDs` afterwards.
    @inline(__always)
    static func withWriter(
        appendingTo tokenIDs: inout [Int32], _ body: (inout TokenIDWriter) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1024) { pending in
            var writer = TokenIDWriter(pending: pending)
            // The array moves into the writer and back, so that it is never shared and copied.
            swap(&tokenIDs, &writer.tokenIDs)
            body(&writer)
            writer.flush()
            swap(&tokenIDs, &writer.tokenIDs)
        }
    }

    private init(pending: UnsafeMutableBufferPointer<Int32>) { self.pending = pending }

    @inline(__always)
    mutating func append(_ tokenID: Int32) {
        if count == pending.count { flush() }
        pending[count] = tokenID
        count += 1
    }

    /// Appends the byte tokens of some bytes.
    mutating func append(bytes: ByteSlice) {
        for byte in bytes { append(Vocabulary.firstByte + Int32(byte)) }
    }

    private mutating func flush() {
        tokenIDs.append(contentsOf: UnsafeBufferPointer(rebasing: pending[..<count]))
        count = 0
    }
}
