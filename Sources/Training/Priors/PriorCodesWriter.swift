import DVAE
import Tensors
import TextCodec

/// Draws the codes of records as they come, and keeps them on disk: memory does not grow with the corpus.
public final class PriorCodesWriter {
    /// Records too long for the model, and empty ones, which were left out.
    public private(set) var skippedCount = 0

    private let codec: Codec
    private let config: PriorTrainingConfig
    private let file: CodeFile
    private let random: RandomStream
    private var survey: HeldOutSplit.Survey

    /// No codes yet.
    ///
    /// - Parameter folder: where a file without a name takes (8 + D·draws·b) bytes a record until the codes are given up;
    ///   b is 1 for up to 256 categories, 2 for more.
    /// - Throws: `TextCodecError.noCodes` where latents are continuous, `FilesError` where the folder cannot be written to.
    public init(_ codec: Codec, _ config: PriorTrainingConfig, folder: String) throws {
        guard let grid = codec.model.config.grid else { throw TextCodecError.noCodes }
        self.codec = codec
        self.config = config
        // A quantiser's draws are all the same.
        let isCertain = !(codec.model.bottleneck is DiscreteVAE)
        file = try CodeFile(in: folder, grid: grid, drawCount: isCertain ? 1 : config.draws)
        random = RandomStream(seed: config.seed, "prior codes")
        survey = HeldOutSplit.Survey(seed: config.seed)
    }

    /// Records whose codes are kept.
    public var recordCount: Int { file.rowCount }

    /// Adds the codes of records.
    public func add(_ records: [[UInt8]]) throws {
        var (sequences, hashes): ([[Int32]], [UInt64]) = ([], [])
        for record in records {
            let tokenIDs = codec.tokenIDs(of: record)
            guard !record.isEmpty, tokenIDs.count <= codec.model.config.maximumLength else {
                skippedCount += 1
                continue
            }
            let hash = record.withUnsafeBufferPointer {
                HeldOutSplit.hash($0, seed: config.seed)
            }
            survey.add(hash: hash)
            hashes.append(hash)
            sequences.append(tokenIDs)
        }
        let first = file.rowCount
        let draws = try codec.drawCodes(sequences: sequences, draws: file.drawCount) {
            random.stream(first + $0)
        }
        for (row, hash) in hashes.enumerated() {
            try file.append(hash: hash, codes: draws.flatMap { $0[row] })
        }
    }

    /// All codes added, split into those to learn from and those to measure on; nothing may be added afterwards.
    public func finish() throws -> PriorCodes {
        try PriorCodes(
            file,
            split: HeldOutSplit(survey, share: config.heldOutShare, limit: config.heldOutLimit),
            skippedCount: skippedCount)
    }
}
