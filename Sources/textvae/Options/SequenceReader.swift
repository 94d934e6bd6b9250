import TextCodec

/// Records → token sequences no longer than a model takes.
struct SequenceReader {
    private let codec: Codec
    private let truncates: Bool
    private var cutCount = 0

    /// - Parameter truncates: whether longer records are cut and counted, or refused.
    init(_ codec: Codec, truncates: Bool) {
        self.codec = codec
        self.truncates = truncates
    }

    /// The sequences of records.
    ///
    /// - Throws: `UserError` naming the line of one that is too long.
    mutating func sequences(of records: [Record]) throws -> [[Int32]] {
        let limit = codec.model.config.maximumLength
        return try records.map { record in
            let tokenIDs = codec.tokenIDs(of: record.bytes)
            if tokenIDs.count <= limit { return tokenIDs }
            guard truncates else {
                throw UserError.data(
                    "\(record.place): \(tokenIDs.count) tokens, the model takes at most \(limit); "
                        + "split the line, give --truncate, or train with a larger "
                        + "--set model.maximum_length=…")
            }
            cutCount += 1
            return Array(tokenIDs.prefix(limit))
        }
    }

    /// Says how many records were cut, if any were.
    func tell() {
        guard cutCount > 0 else { return }
        StandardError.note(
            "cut \(Figures.count(cutCount, "record")) after "
                + "\(Figures.grouped(codec.model.config.maximumLength)) tokens")
    }
}
