import CKernels

/// A matrix rounded to bf16 and laid out as the right-hand side of products: a view that owns nothing.
///
/// An element of a product a · b is a sum over the inner axis in one fixed order: its bits depend on its row of a and
/// its column of b alone, neither on the rows beside it nor on the number of threads, nor on the processor.
public struct PackedMatrix {
    /// The number of rows, the inner axis of products.
    public let rows: Int
    /// The number of columns.
    public let columns: Int

    let pointer: UnsafeMutablePointer<UInt16>

    /// The elements of storage that a matrix of this size takes.
    static func elementCount(rows: Int, columns: Int) -> Int {
        Int(ck_bf16_packed_count(Int64(rows), Int64(columns)))
    }

    /// Packs `matrix`.
    func pack(_ matrix: Matrix) {
        precondition(matrix.rows == rows && matrix.columns == columns)
        ck_bf16_pack(
            pointer, matrix.pointer, Int64(matrix.stride), Int64(rows), Int64(columns))
    }

    /// Packs the transpose of `matrix`.
    func pack(transposed matrix: Matrix) {
        precondition(matrix.columns == rows && matrix.rows == columns)
        ck_bf16_pack_transposed(
            pointer, matrix.pointer, Int64(matrix.stride), Int64(rows), Int64(columns))
    }
}

extension Arena {
    /// `matrix` rounded to bf16 and packed.
    public func packed(_ matrix: Matrix) -> PackedMatrix {
        let (rows, columns) = (matrix.rows, matrix.columns)
        let storage = uint16(PackedMatrix.elementCount(rows: rows, columns: columns))
        let result = PackedMatrix(rows: rows, columns: columns, pointer: storage)
        result.pack(matrix)
        return result
    }
}

extension Matrix {
    /// self = a · b + bias, or self += a · b + bias, with a row of `columns` numbers as bias; a is rounded to bf16.
    public func assign(
        _ a: Matrix, times b: PackedMatrix, bias: Tensor? = nil, accumulate: Bool = false
    ) {
        precondition(bias.map { $0.count == columns } ?? true)
        precondition(
            a.columns == b.rows && rows == a.rows && columns == b.columns,
            "product of \(a.rows)×\(a.columns) and \(b.rows)×\(b.columns) into \(rows)×\(columns)")
        ck_bf16_product(
            pointer, Int64(stride), a.pointer, Int64(a.stride), 0, b.pointer, Int64(rows),
            Int64(columns), Int64(b.rows), bias?.pointer, accumulate ? 1 : 0)
    }

    /// self = aᵀ · b, or self += aᵀ · b; a is rounded to bf16.
    public func assign(transposed a: Matrix, times b: PackedMatrix, accumulate: Bool = false) {
        precondition(
            a.rows == b.rows && rows == a.columns && columns == b.columns,
            "product of (\(a.rows)×\(a.columns))ᵀ and \(b.rows)×\(b.columns) into \(rows)×\(columns)"
        )
        ck_bf16_product(
            pointer, Int64(stride), a.pointer, Int64(a.stride), 1, b.pointer, Int64(rows),
            Int64(columns), Int64(b.rows), nil, accumulate ? 1 : 0)
    }
}
