/// How near free decodings come to the sentences they were encoded from.
struct ReconstructionScores {
    private let pieces: TextPieces
    private var fields = BLEU()
    private var words = BLEU()
    private var similarity = 0.0
    private var exact = 0
    private var count = 0

    init() throws { pieces = try TextPieces() }

    /// Adds a sentence.
    ///
    /// - Parameter isExact: whether all its tokens came back.
    mutating func add(candidate: [UInt8], reference: [UInt8], isExact: Bool) {
        count += 1
        if isExact { exact += 1 }
        fields.add(
            candidate: TextPieces.fields(candidate), reference: TextPieces.fields(reference))
        words.add(candidate: pieces.words(candidate), reference: pieces.words(reference))
        similarity +=
            candidate == reference
            ? 1
            : EditDistance.similarity(pieces.graphemes(candidate), pieces.graphemes(reference))
    }

    /// Writes the figures into a report.
    func fill(_ report: inout EvaluationReport) {
        let sentences = Double(max(1, count))
        report.exactMatch = Double(exact) / sentences
        report.bleu = fields.score
        report.bleuUnicodeWords = words.score
        report.editSimilarity = similarity / sentences
    }
}
