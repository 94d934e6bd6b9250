import Glibc

/// Reads files of any length block by block, in bounded memory.
///
/// Where blocks end is a function of the bytes and the sizes asked for alone, never of how the
/// system delivers them, unless `isEager` is asked for. A block that may cut records grows only
/// until the first sure place to cut (`TextCut`); otherwise it grows to the end of a record.
public final class RecordStream {
    /// The files, in order; `-` is standard input.
    public let paths: [String]
    /// How bytes fall into records.
    public let framing: RecordFraming
    /// Bytes read so far.
    public private(set) var byteCount: UInt64 = 0
    /// Blocks end where no more bytes are ready and a record is complete: for pipes that a person
    /// or another program waits on.
    public var isEager = false

    /// How many bytes are asked of the system at a time; of no influence on blocks.
    var readSize = ByteSource.readSize

    private var next = 0
    private var source: ByteSource?
    private var rest: [UInt8] = []
    private var isContinued = false
    private var record = 1
    private var offset = 0
    private var emitted = false
    /// Most bytes to ask memory for before they are there.
    private static let largestReserve = 1 << 24

    /// Prepares to read; no file is opened yet.
    public init(paths: [String], framing: RecordFraming = .line) {
        self.paths = paths
        self.framing = framing
    }

    /// The next block, or nil at the end of the last file.
    /// - Parameters:
    ///   - minimumSize: it ends at the first place possible at or after so many bytes, or with the file.
    ///   - cutsRecords: whether it may end inside a record; never in JSON lines.
    /// - Throws: `TokenizeError.fileAccess`.
    public func nextBlock(minimumSize: Int, cutsRecords: Bool) throws -> TextBlock? {
        let minimumSize = max(1, minimumSize)
        var cutsRecords = cutsRecords
        if case .jsonLines = framing { cutsRecords = false }
        while true {
            if source == nil {
                guard next < paths.count else { return nil }
                source = try ByteSource(paths[next], readSize: readSize)
                (isContinued, record, offset, emitted) = (false, 1, 0, false)
                next += 1
            }
            guard let source else { return nil }
            var bytes = rest
            rest = []
            // Room for the last read too: growing would copy all of it.
            if minimumSize <= Self.largestReserve {
                bytes.reserveCapacity(minimumSize + readSize)
            }
            var searched = minimumSize
            while true {
                if let end = cut(bytes, from: searched, cutsRecords) {
                    return block(bytes, upTo: end, source.path)
                }
                searched = max(minimumSize, bytes.count)
                let count = try source.append(to: &bytes)
                byteCount += UInt64(count)
                if count == 0 { break }
                if isEager, bytes.count < minimumSize, let separator = framing.separator,
                    !source.isReady,
                    let end = bytes.withUnsafeBufferPointer({ $0.lastIndex(of: separator) })
                {
                    return block(bytes, upTo: end + 1, source.path)
                }
            }
            self.source = nil
            if bytes.isEmpty, !isContinued, framing != .whole || emitted { continue }
            var last = block(bytes, upTo: bytes.count, source.path)
            last.isOpen = false
            isContinued = false
            return last
        }
    }

    /// The next bytes as they come, records or not; nil at the end of the last file.
    /// - Throws: `TokenizeError.fileAccess`.
    public func nextChunk() throws -> [UInt8]? {
        while true {
            if source == nil {
                guard next < paths.count else { return nil }
                source = try ByteSource(paths[next], readSize: readSize)
                next += 1
            }
            var bytes: [UInt8] = []
            let count = try source?.append(to: &bytes) ?? 0
            byteCount += UInt64(count)
            if count > 0 { return bytes }
            source = nil
        }
    }

    /// The first place to cut at or after an offset.
    private func cut(_ bytes: [UInt8], from start: Int, _ cutsRecords: Bool) -> Int? {
        guard bytes.count >= start, start > 0 else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            let recordEnd = framing.separator.flatMap { bytes.firstIndex(of: $0, from: start - 1) }
                .map { $0 + 1 }
            guard cutsRecords else { return recordEnd }
            let limit = recordEnd ?? bytes.count
            // Not beyond the record's end: what stands there may still be cut elsewhere.
            let inside = TextCut.sure.first(in: ByteSlice(rebasing: bytes[..<limit]), from: start)
            return inside ?? recordEnd
        }
    }

    private func block(
        _ bytes: consuming [UInt8], upTo end: Int, _ path: String
    ) -> TextBlock {
        rest = Array(bytes[end...])
        bytes.removeLast(bytes.count - end)
        var block = TextBlock(bytes: bytes, framing: framing)
        block.path = path == "-" ? "standard input" : path
        block.isContinued = isContinued
        block.firstRecord = record
        block.firstOffset = offset
        emitted = true
        guard let separator = framing.separator else {
            isContinued = true
            offset += end
            block.isOpen = true
            return block
        }
        block.bytes.withUnsafeBufferPointer { bytes in
            record += bytes.occurrences(of: separator)
            let lastEnd = bytes.lastIndex(of: separator).map { $0 + 1 }
            offset = lastEnd.map { bytes.count - $0 } ?? offset + bytes.count
            isContinued = lastEnd != bytes.count && (isContinued || !bytes.isEmpty)
        }
        block.isOpen = isContinued
        return block
    }
}
