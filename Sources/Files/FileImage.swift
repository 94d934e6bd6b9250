import Glibc
import Synchronization

/// The bytes of a file, mapped or held in memory, for as long as the image lives.
///
/// The mapping is private: who writes to it, such as an optimizer to weights, changes a copy of the page and never the file.
/// The size is taken once; what stands beyond it is never looked at. A mapped file that shrinks
/// would raise SIGBUS on access, so every accessor first asks the kernel whether the size still holds.
/// Files written by ``DurableFile`` are replaced, never shrunk.
final class FileImage: @unchecked Sendable {
    let path: String
    let bytes: UnsafeRawBufferPointer
    private let source: FileSource?
    private let copies = Mutex<[Int: Allocation]>([:])

    /// Maps a regular file.
    init(path: String) throws {
        let source = try FileSource(path: path)
        self.path = path
        self.source = source
        guard source.byteCount > 0 else {  // mmap refuses a length of 0.
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let base = mmap(
            nil, source.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE, source.descriptor, 0)
        guard let base, base != MAP_FAILED else {
            throw FilesError.system(action: "map", path: path, code: errno)
        }
        bytes = UnsafeRawBufferPointer(start: base, count: source.byteCount)
    }

    /// Holds a copy of bytes.
    init(bytes: [UInt8], name: String) {
        path = name
        source = nil
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
        copy.copyBytes(from: bytes)
        self.bytes = UnsafeRawBufferPointer(copy)
    }

    deinit {
        if source == nil {
            bytes.deallocate()
        } else if let base = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
        }
    }

    /// - Throws: ``FilesError/damaged(path:reason:)`` where the file changed its size.
    func checkSize() throws {
        try source?.checkSize()
    }

    /// The values in a range of bytes, copied where they do not stand aligned.
    ///
    /// - Precondition: `range` lies in the image and holds whole values.
    func values<Value: BitwiseCopyable>(in range: Range<Int>) throws -> UnsafeBufferPointer<Value> {
        try checkSize()
        precondition(range.count % MemoryLayout<Value>.stride == 0)
        let raw = UnsafeRawBufferPointer(rebasing: bytes[range])
        guard let base = raw.baseAddress, !raw.isEmpty else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        if Int(bitPattern: base) % MemoryLayout<Value>.alignment == 0 {
            return raw.assumingMemoryBound(to: Value.self)
        }
        let copy = copies.withLock { copies in
            if let copy = copies[range.lowerBound] { return copy }
            let copy = Allocation(copying: raw)
            copies[range.lowerBound] = copy
            return copy
        }
        return copy.bytes.assumingMemoryBound(to: Value.self)
    }

    /// An aligned copy of some bytes.
    private final class Allocation: Sendable {
        nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

        init(copying raw: UnsafeRawBufferPointer) {
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: raw.count, alignment: 64)
            copy.copyMemory(from: raw)
            bytes = UnsafeRawBufferPointer(copy)
        }

        deinit {
            bytes.deallocate()
        }
    }
}
