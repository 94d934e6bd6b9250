extension VocabularyTrainer {
    /// Counts all records of a stream on several threads.
    ///
    /// Workers count parts of segments, of a MiB or so; these are merged in their order. Memory
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
        var reading = SegmentSchedule()
        while reading.size < schedule.size { reading.startNext() }
        try OrderedWork.run(
            threads: threads,
            next: { () -> (part: TextBlock, endsSegment: Bool)? in
                let wanted = min(Self.part, reading.remaining)
                guard
                    let part = try stream.nextBlock(
                        minimumSize: wanted, cutsRecords: rules.cuts == .sure)
                else { return nil }
                reading.fill(part.bytes.count)
                // A shorter part is the end of a file.
                let endsSegment = reading.remaining == 0 || part.bytes.count < wanted
                if endsSegment { reading.startNext() }
                return (part, endsSegment)
            },
            makeWorker: {
                let worker = try SegmentCounter(spec, rules)
                return { (try worker.count($0.part, illFormed), $0.endsSegment) }
            },
            emit: { (counter: SegmentCounter, endsSegment: Bool) in
                merge(counter.counts, endsSegment: endsSegment)
                try progress(report.bytes)
            })
        if reading.filled > 0 { endSegment() }
    }

    /// Most bytes a worker counts at a time, about: small enough for all threads to end together.
    private static let part = 1 << 20
}

/// Counts parts of segments of a stream; one per worker.
private final class SegmentCounter {
    private let splitter: PieceSplitter
    private let normalizer: Normalizer
    /// What the last part held; its memory serves the next.
    private(set) var counts = PieceCounts()

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

    func count(_ block: TextBlock, _ illFormed: IllFormedPolicy) throws -> SegmentCounter {
        // Out of the object while it changes, so that nothing is checked per token.
        var counts = PieceCounts()
        swap(&counts, &self.counts)
        defer { swap(&counts, &self.counts) }
        counts.removeAll()
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
            let lineFeeds = text.reduce(into: 0) { count, byte in count += byte == 0x0A ? 1 : 0 }
            counts.report.bytes = UInt64(text.count - lineFeeds)
            let endsWithoutLineFeed = last != 0x0A && !block.isOpen
            counts.report.records = UInt64(lineFeeds + (endsWithoutLineFeed ? 1 : 0))
            return true
        }
    }
}
