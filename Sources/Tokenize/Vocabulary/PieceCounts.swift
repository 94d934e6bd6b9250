import CTokenIndex

/// What one worker counted in parts of a corpus.
struct PieceCounts {
    var types = TypeCounts()
    /// Sums of its last part; places in it count records from its first.
    var report = TrainingReport()

    /// Counts the pieces of a record or a part of one.
    ///
    /// At the lossless levels single bytes are tokens anyway and need no count of their own; what is
    /// longer than an entry may be is left to the fallback.
    ///
    /// - Parameter isLines: the text is many records, each with the line feed behind it, which is no
    ///   part of it: at the levels of words and characters nothing is otherwise for that.
    mutating func add(_ text: ByteSlice, _ splitter: PieceSplitter, isLines: Bool = false) {
        if splitter.level == .byte {
            report.occurrences += UInt64(text.count)
            return
        }
        types.makeUnique()
        let least = splitter.level.isLossless ? 2 : 1
        var tally = ctoken_tally()
        let isCounted = splitter.forEachBatch(in: text) { starts, count in
            types.add(
                piecesOf: text, at: starts, count: count, least: least, isLines: isLines,
                tally: &tally)
        }
        if !isCounted {
            splitter.forEachPiece(in: text) { piece in
                tally.occurrences &+= 1
                if piece.count > Vocabulary.maximumTokenLength {
                    tally.too_long &+= 1
                } else if piece.count >= least {
                    types.add(piece)
                }
            }
        }
        report.occurrences += tally.occurrences
        report.longOccurrences += tally.too_long
    }

    /// Notes the ill-formed bytes of a record, or of its part at an offset.
    mutating func noteIllFormed(_ text: ByteSlice, record: UInt64, offset: UInt64) {
        var next = 0
        while let part = text.nextIllFormed(from: next) {
            report.illFormedBytes += UInt64(part.count)
            if report.firstIllFormed.count < TrainingReport.maximumPlaces {
                report.firstIllFormed.append(
                    .init(record: record, byte: offset + UInt64(part.lowerBound)))
            }
            next = part.upperBound
        }
    }
}
