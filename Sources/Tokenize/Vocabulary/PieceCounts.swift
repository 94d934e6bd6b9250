/// What one worker counted in one segment of a corpus.
struct PieceCounts {
    var types = TypeCounts()
    /// Sums of this segment; places in it count records from its first.
    var report = TrainingReport()

    /// Starts anew and keeps the memory.
    mutating func removeAll() {
        types.removeAll()
        report = TrainingReport()
    }

    /// Counts the pieces of a record or a part of one.
    ///
    /// At the lossless levels single bytes are tokens anyway and need no count of their own; what is
    /// longer than an entry may be is left to the fallback.
    ///
    /// - Parameter isLines: the text is many records, each with the line feed behind it, which is no
    ///   part of it: at the levels of words and characters nothing is otherwise for that.
    @inline(__always)
    mutating func add(_ text: ByteSlice, _ splitter: PieceSplitter, isLines: Bool = false) {
        let isLossless = splitter.level.isLossless
        if splitter.level == .byte {
            report.occurrences += UInt64(text.count)
            return
        }
        var (occurrences, long) = (0, 0)
        types.makeUnique()
        splitter.forEachPiece(in: text) { whole in
            var piece = whole
            if isLines, whole[whole.count &- 1] == 0x0A {
                if whole.count == 1 { return }
                piece = ByteSlice(rebasing: whole.dropLast())
            }
            occurrences &+= 1
            if piece.count == 1, isLossless { return }
            if piece.count > Vocabulary.maximumTokenLength {
                long &+= 1
            } else {
                types.add(piece)
            }
        }
        report.occurrences += UInt64(occurrences)
        report.longOccurrences += UInt64(long)
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
