import Tensors

/// The integers of a discrete latent grid: one row of D codes per example, each in 0 ..< K.
public struct Codes: Hashable, Sendable {
    /// D.
    public let latentCount: Int
    /// K.
    public let categoryCount: Int
    /// All codes, row after row.
    public var values: [Int32]

    /// `rowCount` rows of zeros.
    public init(latentCount: Int, categoryCount: Int, rowCount: Int) {
        self.latentCount = latentCount
        self.categoryCount = categoryCount
        values = [Int32](repeating: 0, count: latentCount * rowCount)
    }

    /// Codes from outside: every row must have D integers of 0 ..< K.
    ///
    /// - Throws: ``DVAEError/wrongCodeCount(row:got:want:)`` or ``DVAEError/codeOutOfRange(row:latent:got:categoryCount:)``.
    public init(validating rows: [[Int]], latentCount: Int, categoryCount: Int) throws {
        self.init(latentCount: latentCount, categoryCount: categoryCount, rowCount: 0)
        values.reserveCapacity(rows.count * latentCount)
        for (index, row) in rows.enumerated() {
            guard row.count == latentCount else {
                throw DVAEError.wrongCodeCount(row: index, got: row.count, want: latentCount)
            }
            for (latent, code) in row.enumerated() {
                guard code >= 0 && code < categoryCount else {
                    throw DVAEError.codeOutOfRange(
                        row: index, latent: latent, got: code, categoryCount: categoryCount)
                }
                values.append(Int32(code))
            }
        }
    }

    /// The number of rows.
    public var rowCount: Int { latentCount == 0 ? 0 : values.count / latentCount }

    /// The code of a latent in a row.
    public subscript(row: Int, latent: Int) -> Int32 {
        get { values[row * latentCount + latent] }
        set { values[row * latentCount + latent] = newValue }
    }

    /// The codes of a row.
    public subscript(row: Int) -> ArraySlice<Int32> {
        values[row * latentCount..<(row + 1) * latentCount]
    }

    /// The rows with these numbers, in this order.
    public func rows(_ indices: some Sequence<Int>) -> Codes {
        var result = Codes(latentCount: latentCount, categoryCount: categoryCount, rowCount: 0)
        for index in indices { result.values.append(contentsOf: self[index]) }
        return result
    }

    /// The one-hot form, `[B, D, K]`.
    public func oneHot(in arena: Arena) -> Tensor {
        let result = arena.zeros(Shape(rowCount, latentCount, categoryCount))
        for (index, code) in values.enumerated() {
            result.pointer[index * categoryCount + Int(code)] = 1
        }
        return result
    }

    /// The number of latents in which two rows differ.
    public static func hammingDistance(_ a: ArraySlice<Int32>, _ b: ArraySlice<Int32>) -> Int {
        zip(a, b).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
    }
}
