import DVAE
import TextCodec

/// The codes of a corpus, drawn from the posterior of a model, with some records held out.
///
/// Which records is decided by their bytes (``HeldOutSplit``), so copies never straddle the split. Codes to learn from
/// stay on disk (``PriorCodesWriter``); memory is what the held-out ones take, 4·D + 8 bytes a record.
public struct PriorCodes {
    /// Codes to measure on, one draw a record.
    public let heldOut: Codes
    /// Records to learn from.
    public let trainingCount: Int
    /// Draws of each of them.
    public let drawCount: Int
    /// Records too long for the model, and empty ones, which were left out.
    public let skippedCount: Int
    /// How often each latent has each value among the codes to learn from, `[D, K]`.
    let counts: [Int]

    private let file: CodeFile
    /// The rows of `file` that are held out, rising.
    private let heldOutRows: [Int]

    /// Splits the codes of a file by the hashes that stand with them.
    init(_ file: CodeFile, split: HeldOutSplit, skippedCount: Int) throws {
        let (latents, categories) = (file.grid.latentCount, file.grid.categoryCount)
        var heldOut = Codes(latentCount: latents, categoryCount: categories, rowCount: 0)
        var (heldOutRows, counts): ([Int], [Int]) = (
            [], [Int](repeating: 0, count: latents * categories)
        )
        try file.forEachRow { row, hash, values in
            guard !split.holdsOut(hash: hash) else {
                heldOutRows.append(row)
                heldOut.values += values.prefix(latents)
                return
            }
            for (place, code) in values.enumerated() {
                counts[place % latents * categories + Int(code)] += 1
            }
        }
        self.heldOut = heldOut
        self.heldOutRows = heldOutRows
        self.counts = counts
        self.file = file
        self.skippedCount = skippedCount
        trainingCount = file.rowCount - heldOutRows.count
        drawCount = file.drawCount
    }

    /// One draw of records to learn from, by their numbers below ``trainingCount``.
    ///
    /// - Throws: ``TrainingError`` where the disk fails.
    public func training(_ records: some Sequence<Int>, draw: Int) throws -> Codes {
        var codes = Codes(
            latentCount: file.grid.latentCount, categoryCount: file.grid.categoryCount, rowCount: 0)
        for record in records {
            codes.values += try file.codes(row: row(ofTraining: record), draw: draw)
        }
        return codes
    }

    /// The row of the n-th record to learn from: n and the held-out rows that stand before it.
    ///
    /// heldOutRows[j] − j records to learn from stand before the j-th held-out row.
    private func row(ofTraining record: Int) -> Int {
        var (low, high) = (0, heldOutRows.count)
        while low < high {
            let middle = (low + high) / 2
            if heldOutRows[middle] - middle > record { high = middle } else { low = middle + 1 }
        }
        return record + low
    }
}
