/// What one worker found in one segment of a corpus.
struct SegmentStatistics {
    var report = TrainingReport()
    var scalars: UInt64 = 0
    var graphemes: UInt64 = 0
    var emptyRecords: UInt64 = 0
    var unnormalizedRecords: UInt64 = 0
    var recordLengths = Histogram()
    var tokenLengths = Histogram()
    var scripts = [UInt64](repeating: 0, count: Script.count)
    var types = TypeCounts()
}

/// Counts segments of a corpus; one per worker.
final class StatisticsCounter {
    private let splitter: PieceSplitter
    private let characters: CharacterSplitter
    private let normalizer: Normalizer
    private let composer: Normalizer

    init(_ spec: TokenizerSpec, _ rules: SplittingRules, _ characters: BoundaryRules) throws {
        splitter = PieceSplitter(spec.level, rules)
        self.characters = CharacterSplitter(rules: characters)
        normalizer = try Normalizer(spec)
        composer = try Normalizer(TokenizerSpec(level: .byte, normalization: .nfc))
    }

    func count(
        _ block: TextBlock, _ illFormed: IllFormedPolicy
    ) throws -> SegmentStatistics {
        var found = SegmentStatistics()
        try block.forEachPiece(illFormed: illFormed) { add($0.bytes, to: &found) }
        return found
    }

    private func add(_ record: ByteSlice, to found: inout SegmentStatistics) {
        found.report.bytes += UInt64(record.count)
        if record.isEmpty { found.emptyRecords += 1 }
        countScalars(record, &found)
        if !composer.normalize(record).elementsEqual(record) { found.unnormalizedRecords += 1 }
        found.report.records += 1

        let text = normalizer.normalize(record)
        found.types.makeUnique()
        var (tokens, graphemes) = (0, 0)
        splitter.forEachPiece(in: text) { piece in
            tokens += 1
            found.tokenLengths.add(piece.count)
            if piece.count > Vocabulary.maximumTokenLength {
                found.report.longOccurrences += 1
            } else {
                found.types.add(piece)
            }
        }
        if splitter.level == .character {
            graphemes = tokens
        } else {
            characters.forEachCharacter(in: text) { _ in graphemes += 1 }
        }
        found.report.occurrences += UInt64(tokens)
        found.graphemes += UInt64(graphemes)
        found.recordLengths.add(tokens)
    }

    private func countScalars(_ record: ByteSlice, _ found: inout SegmentStatistics) {
        var offset = 0
        while offset < record.count {
            let shape = record.scalarLength(at: offset)
            found.scalars += 1
            if let scalar = shape.value {
                found.scripts[Script.number(of: scalar)] += 1
            } else {
                found.report.illFormedBytes += UInt64(shape.length)
                if found.report.firstIllFormed.count < TrainingReport.maximumPlaces {
                    found.report.firstIllFormed.append(
                        .init(record: found.report.records, byte: UInt64(offset)))
                }
            }
            offset += shape.length
        }
    }
}
