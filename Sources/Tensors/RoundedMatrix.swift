import CKernels

/// A row-major matrix of bf16 numbers, as the left-hand side of products: a view that owns nothing.
///
/// For what a kernel can write rounded and only products read: half the memory of a ``Matrix``, and the products need
/// not round it.
public struct RoundedMatrix {
    /// The number of rows.
    public let rows: Int
    /// The number of columns.
    public let columns: Int
    /// The first element; rows lie `columns` apart.
    public let pointer: UnsafeMutablePointer<UInt16>

    /// Some of the rows.
    public func rows(_ range: Range<Int>) -> RoundedMatrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        return RoundedMatrix(
            rows: range.count, columns: columns, pointer: pointer + range.lowerBound * columns)
    }
}

extension Arena {
    /// An uninitialised matrix of bf16 numbers.
    public func rounded(rows: Int, columns: Int) -> RoundedMatrix {
        RoundedMatrix(rows: rows, columns: columns, pointer: uint16(rows * columns))
    }
}

extension Matrix {
    /// self = a · b, or self += a · b.
    public func assign(_ a: RoundedMatrix, times b: PackedMatrix, accumulate: Bool = false) {
        precondition(
            a.columns == b.rows && rows == a.rows && columns == b.columns,
            "product of \(a.rows)×\(a.columns) and \(b.rows)×\(b.columns) into \(rows)×\(columns)")
        ck_bf16_rounded_product(
            pointer, Int64(stride), a.pointer, Int64(a.columns), 0, b.pointer, Int64(rows),
            Int64(columns), Int64(b.rows), accumulate ? 1 : 0)
    }

    /// self = aᵀ · b, or self += aᵀ · b.
    public func assign(
        transposed a: RoundedMatrix, times b: PackedMatrix, accumulate: Bool = false
    ) {
        precondition(
            a.rows == b.rows && rows == a.columns && columns == b.columns,
            "product of (\(a.rows)×\(a.columns))ᵀ and \(b.rows)×\(b.columns) into \(rows)×\(columns)"
        )
        ck_bf16_rounded_product(
            pointer, Int64(stride), a.pointer, Int64(a.columns), 1, b.pointer, Int64(rows),
            Int64(columns), Int64(b.rows), accumulate ? 1 : 0)
    }
}
