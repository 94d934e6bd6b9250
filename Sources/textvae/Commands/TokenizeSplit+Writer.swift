import Files
import Tokenize

/// Cuts records and writes the segments down; one per worker.
final class SegmentWriter {
    private let worker: Segmenter.Worker
    private let format: SplitFormat
    private let unit: OffsetUnit
    private let illFormed: IllFormedPolicy

    init(
        _ segmenter: Segmenter, _ format: SplitFormat, _ unit: OffsetUnit,
        _ illFormed: IllFormedPolicy
    ) {
        worker = segmenter.makeWorker()
        self.format = format
        self.unit = unit
        self.illFormed = illFormed
    }

    /// The segments of a block of whole records, and the bytes it had.
    func write(_ block: TextBlock) throws -> (bytes: [UInt8], sourceByteCount: Int) {
        var bytes: [UInt8] = []
        try block.forEachPiece(illFormed: illFormed) { piece in
            switch format {
            case .text: appendLine(piece.bytes, to: &bytes)
            case .tsv: appendRows(piece, to: &bytes)
            case .jsonl: try appendObject(piece.bytes, to: &bytes)
            }
        }
        return (bytes, block.bytes.count)
    }

    private func appendLine(_ record: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        worker.forEachSegment(in: record) { range, _ in
            if range.lowerBound > 0 { bytes.append(0x09) }
            TokenEscape.append(UnsafeBufferPointer(rebasing: record[range]), to: &bytes)
        }
        bytes.append(0x0A)
    }

    private func appendRows(_ piece: TextBlock.Piece, to bytes: inout [UInt8]) {
        var start = 0
        var counter = OffsetCounter(piece.bytes, unit)
        worker.forEachSegment(in: piece.bytes) { range, status in
            let end = counter.roundedUp(range.upperBound)
            for number in [piece.record, start, end, Int(status)] {
                bytes.append(decimal: number)
                bytes.append(0x09)
            }
            TokenEscape.append(UnsafeBufferPointer(rebasing: piece.bytes[range]), to: &bytes)
            bytes.append(0x0A)
            start = end
        }
    }

    /// JSON holds text only: ill-formed bytes are shown as U+FFFD in it.
    private func appendObject(
        _ record: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]
    ) throws {
        var (tokens, spans, statuses): ([JSONValue], [JSONValue], [JSONValue]) = ([], [], [])
        var start = 0
        var counter = OffsetCounter(record, unit)
        worker.forEachSegment(in: record) { range, status in
            let end = counter.roundedUp(range.upperBound)
            tokens.append(.string(String(decoding: record[range], as: UTF8.self)))
            spans.append([.int(start), .int(end)])
            statuses.append(.int(Int(status)))
            start = end
        }
        bytes += try StrictJSON.bytes(
            of: [
                "text": .string(String(decoding: record, as: UTF8.self)), "tokens": .array(tokens),
                "spans": .array(spans), "status": .array(statuses),
            ])
        bytes.append(0x0A)
    }
}
