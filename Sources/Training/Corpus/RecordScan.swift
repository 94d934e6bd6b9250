import Glibc

/// One file on its way through a buffer: finds its lines.
///
/// `buffer[start..<end]` holds the bytes read and not yet delivered; up to `scanned` there is no LF
/// among them. A line that outgrows a record is dropped piece by piece as it comes in.
struct RecordScan {
    let source: RecordSource
    let index: Int
    let maximumRecordBytes: Int
    let buffer: UnsafeMutableRawBufferPointer

    private var start = 0
    private var scanned = 0
    private var end = 0
    private var line = 1
    /// Offset in the file of `buffer[start]`.
    private var byte = 0
    /// Where the overlong line began that is being dropped.
    private var overlongStart: Int?

    init(
        source: RecordSource, index: Int, maximumRecordBytes: Int,
        buffer: UnsafeMutableRawBufferPointer
    ) {
        self.source = source
        self.index = index
        self.maximumRecordBytes = maximumRecordBytes
        self.buffer = buffer
    }

    mutating func run(
        _ descriptor: Int32, _ report: inout CorpusReport,
        _ body: (UnsafeBufferPointer<UInt8>, RecordPosition) throws -> Void
    ) throws {
        report.sources += 1
        var isAtEnd = false
        while !isAtEnd, end < FileSignature.length { isAtEnd = try !fill(descriptor, &report) }
        try skipMark(&report)
        repeat {
            while let lineEnd = nextLineFeed() {
                try deliver(upTo: lineEnd, hasLineFeed: true, &report, body)
            }
            if end - start > maximumRecordBytes + 1 {
                overlongStart = overlongStart ?? byte
                drop(upTo: end)
            } else if overlongStart != nil {
                drop(upTo: end)
            }
            isAtEnd = try !fill(descriptor, &report)
        } while !isAtEnd
        if start < end || overlongStart != nil {
            try deliver(upTo: end, hasLineFeed: false, &report, body)
        }
    }

    /// Reads on, making room first; false at the end of the file.
    ///
    /// A record is moved once at most: from the front of the buffer all of it has room.
    private mutating func fill(_ descriptor: Int32, _ report: inout CorpusReport) throws -> Bool {
        if start > 0, start == end || buffer.count - end < RecordReader.chunkSize / 2 {
            let rest = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
            buffer.copyMemory(from: rest)
            (start, scanned, end) = (0, scanned - start, end - start)
        }
        let limit = min(buffer.count, end + RecordReader.chunkSize)
        let count = try source.read(
            descriptor, into: UnsafeMutableRawBufferPointer(rebasing: buffer[end..<limit]))
        end += count
        report.bytes += count
        return count > 0
    }

    private mutating func skipMark(_ report: inout CorpusReport) throws {
        switch FileSignature(UnsafeRawBufferPointer(rebasing: buffer[start..<end])) {
        case .foreign(let reason, let remedy):
            throw TrainingError.unusableCorpus(path: source.name, reason: reason, remedy: remedy)
        case .text(let markLength):
            if markLength > 0 { report.byteOrderMarks += 1 }
            drop(upTo: start + markLength)
        }
    }

    private mutating func nextLineFeed() -> Int? {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[max(start, scanned)..<end])
        if let found = rest.firstOffset(of: 0x0A) { return max(start, scanned) + found }
        scanned = end
        return nil
    }

    private mutating func drop(upTo place: Int) {
        byte += place - start
        start = place
    }

    /// Ends the line that began at `start` or, if it is overlong, before.
    private mutating func deliver(
        upTo lineEnd: Int, hasLineFeed: Bool, _ report: inout CorpusReport,
        _ body: (UnsafeBufferPointer<UInt8>, RecordPosition) throws -> Void
    ) throws {
        var record = UnsafeRawBufferPointer(rebasing: buffer[start..<lineEnd])
        let hasCarriageReturn = record.last == 0x0D
        if hasCarriageReturn { record = UnsafeRawBufferPointer(rebasing: record.dropLast()) }
        report.lines += 1
        if overlongStart != nil || record.count > maximumRecordBytes {
            report.overlongLines.note(place(overlongStart ?? byte))
        } else {
            if hasCarriageReturn { report.carriageReturns += 1 }
            inspect(record, &report)
            try record.withMemoryRebound(to: UInt8.self) {
                try body($0, RecordPosition(source: index, line: line, byte: byte))
            }
        }
        overlongStart = nil
        drop(upTo: hasLineFeed ? lineEnd + 1 : lineEnd)
        line += 1
    }

    private func inspect(_ record: UnsafeRawBufferPointer, _ report: inout CorpusReport) {
        if record.isEmpty { return report.emptyLines.note(place(byte)) }
        if let offset = record.firstOffset(of: 0) { report.nulLines.note(place(byte + offset)) }
        if let offset = record.firstOffset(of: 0x0D) {
            report.innerCarriageReturns.note(place(byte + offset))
        }
        if let offset = record.firstIllFormedOffset {
            report.illFormedLines.note(place(byte + offset))
        }
    }

    private func place(_ byte: Int) -> CorpusFinding.Place {
        CorpusFinding.Place(path: source.name, line: line, byte: byte)
    }
}

extension UnsafeRawBufferPointer {
    /// The offset of the first byte of a value.
    func firstOffset(of byte: UInt8) -> Int? {
        guard let baseAddress, let found = memchr(baseAddress, Int32(byte), count) else {
            return nil
        }
        return UnsafeRawPointer(found) - baseAddress
    }

    /// The offset of the first byte that belongs to no well-formed UTF-8 sequence.
    var firstIllFormedOffset: Int? {
        withMemoryRebound(to: UInt8.self) { bytes -> Int? in
            do throws(Unicode.UTF8.ValidationError) {
                _ = try UTF8Span(validating: bytes.span)
                return nil
            } catch {
                return error.byteOffsets.lowerBound
            }
        }
    }
}
