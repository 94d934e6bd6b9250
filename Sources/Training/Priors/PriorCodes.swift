import DVAE
import Tensors
import TextCodec

/// The codes of a corpus, drawn from the posterior of a model, with some records held out.
///
/// Which records is decided by their bytes (``HeldOutSplit``), so copies never straddle the split. Memory is
/// 4·D·draws bytes a record.
public struct PriorCodes {
    /// Codes to learn from, one set per draw.
    public private(set) var training: [Codes]
    /// Codes to measure on, one draw a record.
    public private(set) var heldOut: Codes
    /// Records too long for the model, and empty ones, which were left out.
    public private(set) var skippedCount = 0

    private let codec: Codec
    private let split: HeldOutSplit
    private let random: RandomStream

    /// No codes yet.
    ///
    /// - Parameter survey: all records to come, those too long for the model among them.
    public init(_ codec: Codec, _ config: PriorTrainingConfig, survey: HeldOutSplit.Survey) throws {
        guard let grid = codec.model.config.grid else { throw TextCodecError.noCodes }
        self.codec = codec
        split = HeldOutSplit(survey, share: config.heldOutShare, limit: config.heldOutLimit)
        random = RandomStream(seed: config.seed, "prior codes")
        let none = Codes(
            latentCount: grid.latentCount, categoryCount: grid.categoryCount, rowCount: 0)
        // A quantiser's draws are all the same.
        let isCertain = !(codec.model.bottleneck is DiscreteVAE)
        training = [Codes](repeating: none, count: isCertain ? 1 : config.draws)
        heldOut = none
    }

    /// Adds the codes of records.
    public mutating func add(_ records: [[UInt8]]) throws {
        var (learned, kept): ([[Int32]], [[Int32]]) = ([], [])
        for record in records {
            let tokenIDs = codec.tokenIDs(of: record)
            guard !record.isEmpty, tokenIDs.count <= codec.model.config.maximumLength else {
                skippedCount += 1
                continue
            }
            if record.withUnsafeBufferPointer({ split.holdsOut($0) }) {
                kept.append(tokenIDs)
            } else {
                learned.append(tokenIDs)
            }
        }
        let first = training[0].rowCount
        let drawn = try codec.drawCodes(sequences: learned, draws: training.count) {
            random.stream("training").stream(first + $0)
        }
        for (index, codes) in drawn.enumerated() { training[index].values += codes.values }
        let start = heldOut.rowCount
        heldOut.values += try codec.drawCodes(sequences: kept, draws: 1) {
            random.stream("held out").stream(start + $0)
        }[0].values
    }
}
