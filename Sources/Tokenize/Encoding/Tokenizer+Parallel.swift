import Dispatch
import Synchronization

extension Tokenizer {
    /// Bytes a thread takes at a time, about.
    private static let chunk = 1 << 20

    /// The token ids of a text, found by several threads: the same for any number of them.
    ///
    /// The text is cut after line feeds, where there is a boundary at every level and which no
    /// normalization reaches across; a text without any is the work of one thread, and so is one that
    /// is cut by rules of the caller's own which let a word go on over a line feed.
    public func encode(_ text: UnsafeBufferPointer<UInt8>, threads: Int) -> [Int32] {
        let parts = parts(of: text)
        var found: [[Int32]] = Array(repeating: [], count: parts.count)
        let next = Atomic(0)
        // Each part is one thread's: the number of the next is handed out once.
        nonisolated(unsafe) let text = text
        found.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let found = buffer
            DispatchQueue.concurrentPerform(iterations: max(1, min(threads, parts.count))) { _ in
                let encoder = makeEncoder()
                while true {
                    let part = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard part < parts.count else { return }
                    // Token ids in English text come at about a quarter of the bytes.
                    var tokenIDs: [Int32] = []
                    tokenIDs.reserveCapacity(parts[part].count / 4)
                    encoder.encode(ByteSlice(rebasing: text[parts[part]]), into: &tokenIDs)
                    found[part] = tokenIDs
                }
            }
        }
        if found.count == 1 { return found[0] }
        var tokenIDs: [Int32] = []
        tokenIDs.reserveCapacity(found.reduce(0) { $0 + $1.count })
        for part in found { tokenIDs += part }
        return tokenIDs
    }

    /// What each thread takes at a time: up to the first line feed that is a chunk or more away.
    private func parts(of text: ByteSlice) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = 0
        while start < text.count {
            let line =
                rules.cuts == .never ? nil : text.firstIndex(of: 0x0A, from: start + Self.chunk - 1)
            let end = line.map { $0 + 1 } ?? text.count
            parts.append(start..<end)
            start = end
        }
        return parts
    }
}
