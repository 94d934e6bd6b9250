import Files

/// The records of a corpus and the side each falls on, for several passes over the same files.
struct CorpusReading {
    private let reader: RecordReader
    /// Number of files to train on, those after them being held out; nil where the split decides.
    private let trainingSourceCount: Int?
    private let names: [String]

    init(_ source: CorpusSource, _ spool: CorpusSpool) throws {
        let paths = source.paths + (source.heldOutPaths ?? [])
        let sources = try paths.map { try spool.repeatable(RecordSource($0)) }
        names = sources.map(\.name)
        reader = try RecordReader(
            sources: sources, maximumRecordBytes: source.maximumRecordBytes)
        trainingSourceCount = source.heldOutPaths == nil ? nil : source.paths.count
    }

    /// What the first pass over a corpus finds.
    struct Survey {
        var report: CorpusReport
        /// Of all records in order, each followed by LF.
        var digest: String
        /// How many stand in the files to train on.
        var trainingRecords: Int
        var split: HeldOutSplit
    }

    /// Counts and digests the records.
    /// - Throws: ``TrainingError/noRecords(sources:reason:)`` if there are none on a side.
    func survey(_ source: CorpusSource) throws -> Survey {
        let digest = Digest()
        var split = HeldOutSplit.Survey(seed: source.seed)
        var trainingRecords = 0
        let report = try forEachNonEmpty { record, position in
            digest.update(record: record)
            split.add(record)
            if position.source < trainingSourceCount ?? .max { trainingRecords += 1 }
        }
        if trainingRecords == 0 {
            throw nothing(in: names.prefix(trainingSourceCount ?? .max))
        }
        if let trainingSourceCount, trainingRecords == report.records {
            throw nothing(in: names.dropFirst(trainingSourceCount))
        }
        return Survey(
            report: report, digest: digest.hex, trainingRecords: trainingRecords,
            split: HeldOutSplit(
                split, share: source.heldOutShare, limit: source.heldOutLimit))
    }

    /// Reads all records that are not empty, once more.
    /// - Parameter body: gets whether the record is held out, and its place for reports.
    /// - Throws: ``TrainingError/corpusChangedWhileRead(sources:)`` if they are not those surveyed.
    func forEachRecord(
        _ survey: Survey,
        _ body: (
            UnsafeBufferPointer<UInt8>, _ isHeldOut: Bool,
            _ place: @autoclosure () -> CorpusFinding.Place
        ) throws -> Void
    ) throws {
        let digest = Digest()
        try forEachNonEmpty { record, position in
            digest.update(record: record)
            let isHeldOut =
                trainingSourceCount.map { position.source >= $0 } ?? survey.split.holdsOut(record)
            try body(
                record, isHeldOut,
                CorpusFinding.Place(
                    path: names[position.source], line: position.line, byte: position.byte))
        }
        guard digest.hex == survey.digest else {
            throw TrainingError.corpusChangedWhileRead(sources: names)
        }
    }

    @discardableResult
    private func forEachNonEmpty(
        _ body: (UnsafeBufferPointer<UInt8>, RecordPosition) throws -> Void
    ) throws -> CorpusReport {
        try reader.forEachRecord { record, position in
            if !record.isEmpty { try body(record, position) }
        }
    }

    private func nothing(in names: ArraySlice<String>) -> TrainingError {
        .noRecords(
            sources: Array(names),
            reason: "no line has 1 … \(reader.maximumRecordBytes) bytes of text")
    }
}

extension Digest {
    /// Takes in a record and an LF, so that records cannot run together.
    fileprivate func update(record: UnsafeBufferPointer<UInt8>) {
        update(UnsafeRawBufferPointer(record))
        withUnsafeBytes(of: UInt8(0x0A)) { update($0) }
    }
}
