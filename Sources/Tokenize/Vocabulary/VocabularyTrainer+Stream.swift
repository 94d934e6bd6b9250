extension VocabularyTrainer {
    /// Counts all records of a stream on several threads.
    ///
    /// Each worker counts its parts of the stream into a table of its own. The tables are put together
    /// at the end, and before a segment where they might hold more than `maximumTypes` types. Memory
    /// beside the types is a few parts a thread, whatever the length of the stream and its records.
    /// - Parameters:
    ///   - illFormed: what becomes of ill-formed UTF-8.
    ///   - threads: of no influence on the vocabulary and the report.
    ///   - progress: called now and then with the bytes counted so far.
    /// - Throws: `TokenizeError` on a file that cannot be read or a JSON line without its text, or
    ///   what `progress` throws.
    public mutating func add(
        _ stream: RecordStream, illFormed: IllFormedPolicy = .keep, threads: Int = 1,
        progress: (UInt64) throws -> Void = { _ in }
    ) throws {
        let (spec, rules) = (spec, rules)
        let parts = PartsUnderWay(most: spec.normalizes ? Self.mostPiecesOfAByte : 1)
        var workers: [SegmentCounter] = []
        var reading = SegmentSchedule()
        while reading.size < schedule.size { reading.startNext() }
        defer { gather(workers) }
        try OrderedWork.run(
            threads: threads,
            next: { () -> TextBlock? in
                let startsSegment = reading.filled == 0
                let wanted = min(Self.part, reading.remaining)
                guard
                    let part = try stream.nextBlock(
                        minimumSize: wanted, cutsRecords: rules.cuts == .sure)
                else { return nil }
                reading.fill(part.bytes.count)
                // A shorter part is the end of a file.
                if reading.remaining == 0 || part.bytes.count < wanted { reading.startNext() }
                return parts.locked {
                    if startsSegment {
                        let known = workers.reduce(typeCount) { $0 + $1.typesKnown }
                        if parts.mayBring(maximumTypes - known) {
                            guard parts.wait() else { return nil }
                            gather(workers)
                        }
                        beginSegment()
                        endSegment()
                    }
                    parts.begin(part.bytes.count)
                    return part
                }
            },
            makeWorker: {
                let worker = try SegmentCounter(spec, rules)
                workers.append(worker)
                return { part in
                    do { return try worker.count(part, illFormed) } catch {
                        parts.locked { parts.fail() }
                        throw error
                    }
                }
            },
            emit: { (worker: SegmentCounter) in
                let bytes = parts.locked {
                    add(worker.takeReport())
                    parts.end(worker.partSize)
                    return report.bytes
                }
                do { try progress(bytes) } catch {
                    parts.locked { parts.fail() }
                    throw error
                }
            })
    }

    /// Bytes a worker counts at a time, about: so few that none waits long for the others, and that
    /// they stay in its cache.
    private static let part = 1 << 18
    /// More than any normalization with case folding makes of one byte.
    private static let mostPiecesOfAByte = 64
}

/// What was handed out and is not counted yet.
///
/// `@unchecked Sendable`: all but `locked` is only used within it.
private final class PartsUnderWay: @unchecked Sendable {
    private let gate = Gate()
    private let most: Int
    private var bytes = 0
    private var parts = 0
    private var hasFailed = false

    /// - Parameter most: pieces that one byte can bring.
    init(most: Int) { self.most = most }

    func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        gate.lock()
        defer { gate.unlock() }
        return try body()
    }

    /// Whether the parts under way can bring more new types than this.
    func mayBring(_ types: Int) -> Bool {
        // Of one byte there are 256, of two 65,536, and others have three bytes or more.
        let (one, two) = (1 << 8, 1 << 16)
        let pieces = bytes * most
        return min(pieces, one + two + pieces / 3) > types
    }

    func begin(_ size: Int) {
        bytes += size
        parts += 1
    }

    func end(_ size: Int) {
        bytes -= size
        parts -= 1
        gate.wake()
    }

    func fail() {
        hasFailed = true
        gate.wake()
    }

    /// Returns when all is counted; false if that will never be.
    func wait() -> Bool {
        while parts > 0, !hasFailed { gate.wait() }
        return !hasFailed
    }
}

/// Counts parts of a stream; one per worker.
final class SegmentCounter {
    private let splitter: PieceSplitter
    private let normalizer: Normalizer
    private var counts = PieceCounts()
    /// Bytes of the last part.
    private(set) var partSize = 0
    /// How many types were counted when the last report was taken.
    private(set) var typesKnown = 0

    /// Whether a line may be counted together with the next and the line feed between.
    private let canTakeLines: Bool

    init(_ spec: TokenizerSpec, _ rules: SplittingRules) throws {
        splitter = PieceSplitter(spec.level, rules)
        normalizer = try Normalizer(spec)
        // Rules of the user's own may have a say about line feeds.
        canTakeLines =
            !spec.normalizes && spec.rules == nil
            && (spec.level == .word || spec.level == .character)
    }

    /// What was counted in the last part, beside the types.
    func takeReport() -> TrainingReport {
        typesKnown = counts.types.count
        return counts.report
    }

    /// Adds the types to others, and forgets them.
    func giveTypes(to types: inout TypeCounts) {
        if types.count == 0 {
            swap(&types, &counts.types)
        } else {
            types.add(counts.types)
        }
        counts.types.removeAll()
        typesKnown = 0
    }

    func count(_ block: TextBlock, _ illFormed: IllFormedPolicy) throws -> SegmentCounter {
        // Out of the object while it changes, so that nothing is checked per token.
        var counts = PieceCounts()
        swap(&counts, &self.counts)
        defer { swap(&counts, &self.counts) }
        counts.report = TrainingReport()
        partSize = block.bytes.count
        if canTakeLines, illFormed == .keep, countLines(block, &counts) { return self }
        var record: UInt64 = 0
        try block.forEachPiece(illFormed: illFormed) { piece in
            counts.noteIllFormed(piece.bytes, record: record, offset: UInt64(piece.offset))
            counts.add(normalizer.normalize(piece.bytes), splitter)
            counts.report.bytes += UInt64(piece.bytes.count)
            if piece.endsRecord { record += 1 }
        }
        counts.report.records = record
        return self
    }

    /// Counts well-formed lines all at once, for they are short; false if they have to be looked at
    /// one by one.
    private func countLines(_ block: TextBlock, _ counts: inout PieceCounts) -> Bool {
        guard case .line = block.framing else { return false }
        return block.bytes.withUnsafeBufferPointer { text in
            guard let last = text.last, text.nextIllFormed(from: 0) == nil else { return false }
            counts.add(text, splitter, isLines: true)
            let lineFeeds = text.occurrences(of: 0x0A)
            counts.report.bytes = UInt64(text.count - lineFeeds)
            let endsWithoutLineFeed = last != 0x0A && !block.isOpen
            counts.report.records = UInt64(lineFeeds + (endsWithoutLineFeed ? 1 : 0))
            return true
        }
    }
}
