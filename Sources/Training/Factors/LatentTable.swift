import DVAE
import Foundation

/// Latents as whole numbers, column by column: codes as they are, or real numbers put into bins.
public struct LatentTable: Sendable, Equatable {
    /// Each latent's value of each text.
    public let columns: [[Int32]]
    /// K: values are 0 ..< K.
    public let valueCount: Int

    /// Texts.
    public var rowCount: Int { columns.first?.count ?? 0 }

    /// Codes, a row a text.
    public init(_ codes: Codes) {
        columns = (0..<codes.latentCount).map { latent in
            (0..<codes.rowCount).map { codes[$0, latent] }
        }
        valueCount = codes.categoryCount
    }

    /// Real numbers, a row a text, each column cut at its quantiles into bins of equal number; equal numbers share a bin.
    public init(_ rows: [[Double]], bins: Int) {
        let width = rows.first?.count ?? 0
        columns = (0..<width).map { column in
            let values = rows.map { $0[column] }
            let sorted = values.sorted()
            let edges = (1..<max(1, bins)).map { sorted[$0 * sorted.count / bins] }
            return values.map { value in Int32(edges.count { value >= $0 }) }
        }
        valueCount = max(1, bins)
    }

    /// The rows with these numbers, in this order.
    public func rows(_ indices: [Int]) -> LatentTable {
        LatentTable(
            columns: columns.map { column in indices.map { column[$0] } }, valueCount: valueCount)
    }

    private init(columns: [[Int32]], valueCount: Int) {
        self.columns = columns
        self.valueCount = valueCount
    }
}
